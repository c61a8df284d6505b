# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._kinds import OneOf
from .._model import Model
from .extra_channel_options import ExtraChannelOptions

class ActionSubset(OneOf):
    type: str | None
    text: str | None
    amount: int | None
    currency: str | None
    metadata: Any
    uri: str | None
    default: bool | None
    extra_channel_options: ExtraChannelOptions | None
    payload: str | None
    size: str | None
    fallback: str | None
    open_on_receive: bool | None
    def __init__(
        self,
        actual_instance: Model | dict[str, Any] | str | None = None,
        text: str | None = None,
        amount: int | None = None,
        currency: str | None = None,
        metadata: Any = None,
        uri: str | None = None,
        default: bool | None = None,
        extra_channel_options: Model | dict[str, Any] | None = None,
        payload: str | None = None,
        size: str | None = None,
        fallback: str | None = None,
        open_on_receive: bool | None = None,
        **kwargs: Any,
    ) -> None: ...

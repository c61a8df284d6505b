# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .extra_channel_options import ExtraChannelOptions

class Webview(Model):
    type: str
    uri: str
    text: str
    default: bool | None
    metadata: Any
    extra_channel_options: ExtraChannelOptions | None
    size: str | None
    fallback: str
    open_on_receive: bool | None
    def __init__(
        self,
        type: str | None = None,
        uri: str | None = None,
        text: str | None = None,
        default: bool | None = None,
        metadata: Any = None,
        extra_channel_options: Model | dict[str, Any] | None = None,
        size: str | None = None,
        fallback: str | None = None,
        open_on_receive: bool | None = None,
        **kwargs: Any,
    ) -> None: ...

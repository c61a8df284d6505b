# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .extra_channel_options_messenger import ExtraChannelOptionsMessenger

class ExtraChannelOptions(Model):
    messenger: ExtraChannelOptionsMessenger | None
    def __init__(self, messenger: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...

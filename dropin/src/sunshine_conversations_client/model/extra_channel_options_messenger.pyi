# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ExtraChannelOptionsMessenger(Model):
    messenger_extensions: bool | None
    webview_share_button: str | None
    def __init__(
        self, messenger_extensions: bool | None = None, webview_share_button: str | None = None, **kwargs: Any
    ) -> None: ...

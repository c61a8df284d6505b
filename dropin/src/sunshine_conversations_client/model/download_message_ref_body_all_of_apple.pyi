# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .download_message_ref_body_all_of_apple_interactive_data_ref import (
    DownloadMessageRefBodyAllOfAppleInteractiveDataRef,
)

class DownloadMessageRefBodyAllOfApple(Model):
    interactive_data_ref: DownloadMessageRefBodyAllOfAppleInteractiveDataRef
    def __init__(self, interactive_data_ref: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...

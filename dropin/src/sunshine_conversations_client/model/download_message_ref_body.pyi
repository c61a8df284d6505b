# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .download_message_ref_body_all_of_apple import DownloadMessageRefBodyAllOfApple

class DownloadMessageRefBody(Model):
    user_id: str
    apple: DownloadMessageRefBodyAllOfApple | None
    def __init__(
        self, user_id: str | None = None, apple: Model | dict[str, Any] | None = None, **kwargs: Any
    ) -> None: ...

# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class AttachmentSchema(Model):
    media_url: str | None
    media_type: str | None
    def __init__(self, media_url: str | None = None, media_type: str | None = None, **kwargs: Any) -> None: ...

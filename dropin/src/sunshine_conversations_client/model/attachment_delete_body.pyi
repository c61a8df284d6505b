# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class AttachmentDeleteBody(Model):
    media_url: str
    def __init__(self, media_url: str | None = None, **kwargs: Any) -> None: ...

# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .attachment_schema import AttachmentSchema

class AttachmentResponse(Model):
    attachment: AttachmentSchema | None
    def __init__(self, attachment: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...

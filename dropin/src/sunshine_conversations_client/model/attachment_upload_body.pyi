# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class AttachmentUploadBody(Model):
    source: Any
    def __init__(self, source: Any = None, **kwargs: Any) -> None: ...

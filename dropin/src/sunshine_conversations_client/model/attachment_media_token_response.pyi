# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class AttachmentMediaTokenResponse(Model):
    tokens: Any
    def __init__(self, tokens: Any = None, **kwargs: Any) -> None: ...

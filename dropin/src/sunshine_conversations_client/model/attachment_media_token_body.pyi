# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class AttachmentMediaTokenBody(Model):
    paths: Any
    def __init__(self, paths: list[str] | None = None, **kwargs: Any) -> None: ...

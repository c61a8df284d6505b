# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class Meta(Model):
    has_more: bool | None
    after_cursor: str | None
    before_cursor: str | None
    def __init__(
        self,
        has_more: bool | None = None,
        after_cursor: str | None = None,
        before_cursor: str | None = None,
        **kwargs: Any,
    ) -> None: ...

# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .action_subset import ActionSubset

class Item(Model):
    title: str
    description: str | None
    media_url: str | None
    media_type: str | None
    alt_text: str | None
    size: str | None
    actions: list[ActionSubset]
    metadata: Any
    def __init__(
        self,
        title: str | None = None,
        description: str | None = None,
        media_url: str | None = None,
        media_type: str | None = None,
        alt_text: str | None = None,
        size: str | None = None,
        actions: list[Model | dict[str, Any]] | None = None,
        metadata: Any = None,
        **kwargs: Any,
    ) -> None: ...

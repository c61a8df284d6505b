# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .author import Author

class ActivityPost(Model):
    author: Author
    type: str
    def __init__(
        self, author: Model | dict[str, Any] | None = None, type: str | None = None, **kwargs: Any
    ) -> None: ...

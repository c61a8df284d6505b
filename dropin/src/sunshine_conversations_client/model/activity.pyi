# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .author_webhook import AuthorWebhook
from .source_webhook import SourceWebhook

class Activity(Model):
    type: str | None
    source: SourceWebhook | None
    author: AuthorWebhook | None
    def __init__(
        self,
        type: str | None = None,
        source: Model | dict[str, Any] | None = None,
        author: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...

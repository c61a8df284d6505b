# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class Author(Model):
    type: str
    subtypes: list[str] | None
    user_id: str | None
    user_external_id: str | None
    display_name: str | None
    avatar_url: str | None
    brand_id: str | None
    def __init__(
        self,
        type: str | None = None,
        subtypes: list[str] | None = None,
        user_id: str | None = None,
        user_external_id: str | None = None,
        display_name: str | None = None,
        avatar_url: str | None = None,
        brand_id: str | None = None,
        **kwargs: Any,
    ) -> None: ...

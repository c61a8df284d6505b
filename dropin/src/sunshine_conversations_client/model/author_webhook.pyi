# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .user import User

class AuthorWebhook(Model):
    type: str | None
    user_id: str | None
    user: User | None
    subtypes: list[str] | None
    display_name: str | None
    avatar_url: str | None
    def __init__(
        self,
        type: str | None = None,
        user_id: str | None = None,
        user: Model | dict[str, Any] | None = None,
        subtypes: list[str] | None = None,
        display_name: str | None = None,
        avatar_url: str | None = None,
        **kwargs: Any,
    ) -> None: ...

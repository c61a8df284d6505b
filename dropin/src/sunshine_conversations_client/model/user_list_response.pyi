# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .user import User

class UserListResponse(Model):
    users: list[User] | None
    def __init__(self, users: list[Model | dict[str, Any]] | None = None, **kwargs: Any) -> None: ...

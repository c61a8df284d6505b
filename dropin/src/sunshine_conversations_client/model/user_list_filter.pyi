# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class UserListFilter(Model):
    identities_email: str
    def __init__(self, identities_email: str | None = None, **kwargs: Any) -> None: ...

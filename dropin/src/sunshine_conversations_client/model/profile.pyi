# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class Profile(Model):
    given_name: str | None
    surname: str | None
    email: str | None
    avatar_url: str | None
    locale: str | None
    def __init__(
        self,
        given_name: str | None = None,
        surname: str | None = None,
        email: str | None = None,
        avatar_url: str | None = None,
        locale: str | None = None,
        **kwargs: Any,
    ) -> None: ...

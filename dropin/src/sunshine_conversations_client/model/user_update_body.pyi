# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .profile import Profile

class UserUpdateBody(Model):
    signed_up_at: str | None
    profile: Profile | None
    metadata: Any
    to_be_retained: bool | None
    def __init__(
        self,
        signed_up_at: str | None = None,
        profile: Model | dict[str, Any] | None = None,
        metadata: Any = None,
        to_be_retained: bool | None = None,
        **kwargs: Any,
    ) -> None: ...

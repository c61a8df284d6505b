# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .profile import Profile

class UserCreateBody(Model):
    external_id: str | None
    signed_up_at: str | None
    profile: Profile | None
    metadata: Any
    brand_id: str | None
    to_be_retained: bool | None
    def __init__(
        self,
        external_id: str | None = None,
        signed_up_at: str | None = None,
        profile: Model | dict[str, Any] | None = None,
        metadata: Any = None,
        brand_id: str | None = None,
        to_be_retained: bool | None = None,
        **kwargs: Any,
    ) -> None: ...

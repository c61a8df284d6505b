# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .identity import Identity
from .profile import Profile

class User(Model):
    id: str | None
    external_id: str | None
    signed_up_at: str | None
    profile: Profile | None
    metadata: Any
    identities: list[Identity] | None
    zendesk_id: str | None
    brand_id: str | None
    authenticated: bool | None
    to_be_retained: bool | None
    def __init__(
        self,
        id: str | None = None,
        external_id: str | None = None,
        signed_up_at: str | None = None,
        profile: Model | dict[str, Any] | None = None,
        metadata: Any = None,
        identities: list[Model | dict[str, Any]] | None = None,
        zendesk_id: str | None = None,
        brand_id: str | None = None,
        authenticated: bool | None = None,
        to_be_retained: bool | None = None,
        **kwargs: Any,
    ) -> None: ...

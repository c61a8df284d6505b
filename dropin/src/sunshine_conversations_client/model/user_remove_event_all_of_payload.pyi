# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .user_truncated import UserTruncated

class UserRemoveEventAllOfPayload(Model):
    user: UserTruncated | None
    def __init__(self, user: Model | dict[str, Any] | None = None, **kwargs: Any) -> None: ...

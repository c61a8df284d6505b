# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .user import User

class UserMergeEventAllOfPayloadMergedUsers(Model):
    surviving: User | None
    discarded: User | None
    def __init__(
        self,
        surviving: Model | dict[str, Any] | None = None,
        discarded: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...

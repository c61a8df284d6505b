# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .confirmation import Confirmation
from .match_criteria import MatchCriteria
from .target import Target

class ClientCreate(Model):
    match_criteria: MatchCriteria
    confirmation: Confirmation
    target: Target
    def __init__(
        self,
        match_criteria: Model | dict[str, Any] | None = None,
        confirmation: Model | dict[str, Any] | None = None,
        target: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...

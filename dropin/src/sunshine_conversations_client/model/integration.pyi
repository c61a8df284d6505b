# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._kinds import Family

class Integration(Family):
    id: Any
    type: Any
    status: Any
    display_name: Any
    def __init__(
        self,
        id: str | None = None,
        type: str | None = None,
        status: str | None = None,
        display_name: str | None = None,
        **kwargs: Any,
    ) -> None: ...

# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._kinds import Family

class Integration(Family):
    id: Any
    type: Any
    status: Any
    display_name: Any
    def __init__(
        self, id: Any = None, type: Any = None, status: Any = None, display_name: Any = None, **kwargs: Any
    ) -> None: ...

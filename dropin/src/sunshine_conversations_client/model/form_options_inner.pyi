# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._kinds import AsDict

class FormOptionsInner(AsDict):
    label: str
    name: str
    def __init__(self, label: str | None = None, name: str | None = None, **kwargs: Any) -> None: ...

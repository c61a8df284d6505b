# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class AppListFilter(Model):
    service_account_id: str | None
    def __init__(self, service_account_id: str | None = None, **kwargs: Any) -> None: ...

# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ReferralDetails(Model):
    source: str | None
    type: str | None
    ad_id: str | None
    def __init__(
        self, source: str | None = None, type: str | None = None, ad_id: str | None = None, **kwargs: Any
    ) -> None: ...

# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .referral_details import ReferralDetails

class Referral(Model):
    code: str | None
    details: ReferralDetails | None
    def __init__(
        self, code: str | None = None, details: Model | dict[str, Any] | None = None, **kwargs: Any
    ) -> None: ...

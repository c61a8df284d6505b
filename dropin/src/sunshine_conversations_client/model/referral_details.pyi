# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class ReferralDetails(Model):
    source: Any
    type: Any
    ad_id: Any
    def __init__(self, source: Any = None, type: Any = None, ad_id: Any = None, **kwargs: Any) -> None: ...

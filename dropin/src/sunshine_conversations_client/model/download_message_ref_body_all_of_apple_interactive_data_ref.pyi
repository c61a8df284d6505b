# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class DownloadMessageRefBodyAllOfAppleInteractiveDataRef(Model):
    url: str
    bid: str
    key: str
    signature: str
    owner: str
    def __init__(
        self,
        url: str | None = None,
        bid: str | None = None,
        key: str | None = None,
        signature: str | None = None,
        owner: str | None = None,
        **kwargs: Any,
    ) -> None: ...

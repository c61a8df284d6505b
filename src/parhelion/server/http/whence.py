"""From where a request comes, as the audit log has it. See rules/whence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ..commands import Whence
from ..rules.whence import Network, whence
from .asgi import Scope

FORWARDED = b"x-forwarded-for"


class Callers:
    """Knows which proxies are ours."""

    def __init__(self, trusted: Sequence[Network] = ()) -> None:
        self._trusted = tuple(trusted)

    def __call__(self, scope: Scope, request_id: str) -> Whence:
        """Where it comes from, and what it is called."""
        client = scope.get("client")
        peer = str(client[0]) if client else ""
        if self._trusted:
            said = [value for name, value in scope["headers"] if name == FORWARDED]
            peer = _found(peer, b",".join(said).decode("latin-1"), self._trusted)
        return Whence(peer, request_id)


@lru_cache(maxsize=1024)  # they are few, but for who plays with them
def _found(peer: str, forwarded: str, trusted: tuple[Network, ...]) -> str:
    return whence(peer, forwarded, trusted)

"""Who asks: Basic with a key's id and secret, or a JWT signed with the secret (HS256, `kid` the key's id).

A header is checked once and then remembered for a second under a keyed digest, so that a key that was taken away stops
working within that second, on every node, and no secret stays in memory. On a server under test nothing is remembered:
its second may never end.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import Any, get_args

import jwt

from ...operations import Scope
from ...wire import Unauthorized
from ..commands import Engines, Grant
from ..rows import app_keys

REMEMBERED = 1.0  # seconds
MOST = 4096  # headers remembered


class Credentials:
    """Turns an Authorization header into what it allows."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._remembered = REMEMBERED if engines.stage is None else 0.0
        self._digest_key = secrets.token_bytes(32)
        self._seen: dict[bytes, tuple[Grant, float]] = {}

    async def grant(self, header: bytes | None) -> Grant:
        """What the header allows, or `Unauthorized`."""
        if header is None:
            raise Unauthorized
        digest = hashlib.blake2b(header, key=self._digest_key, digest_size=16).digest()
        now = self._engines.clock()
        seen = self._seen.get(digest)
        if seen is not None and seen[1] - self._remembered <= now < seen[1]:  # also when the clock was set back
            return seen[0]
        scheme, _, said = header.partition(b" ")
        if scheme.lower() == b"basic":
            grant, until = await self._basic(said), now + self._remembered
        elif scheme.lower() == b"bearer":
            grant, expiry = await self._bearer(said.strip(), now)
            until = now + self._remembered if expiry > now + self._remembered else now
        else:
            raise Unauthorized("Authorization must be Basic or Bearer")
        if len(self._seen) >= MOST:
            self._seen.clear()
        self._seen[digest] = (grant, until)
        return grant

    async def _basic(self, said: bytes) -> Grant:
        try:
            key, colon, secret = base64.b64decode(said.strip(), validate=True).partition(b":")
        except binascii.Error:
            raise Unauthorized from None
        if not colon:
            raise Unauthorized
        return await self._grant(key.decode("latin-1"), secret)

    async def of_key(self, key: str, secret: str) -> Grant:
        """What a key allows that somebody typed in, or `Unauthorized`."""
        return await self._grant(key, secret.encode())

    async def _grant(self, key: str, secret: bytes) -> Grant:
        grant, right = await self._key(key)
        if not hmac.compare_digest(right.encode(), secret) or grant is None:
            raise Unauthorized
        return grant

    async def _bearer(self, token: bytes, now: float) -> tuple[Grant, float]:
        try:
            key = jwt.get_unverified_header(token).get("kid")
        except jwt.InvalidTokenError:
            raise Unauthorized from None
        grant, right = await self._key(key if isinstance(key, str) and key.isascii() else "")
        try:
            # Times are checked below, against the clock that everything else here goes by.
            claims = jwt.decode(  # pyright: ignore[reportUnknownMemberType] - its key types need cryptography
                token,
                right,
                algorithms=["HS256"],
                options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False},
            )
        except jwt.InvalidTokenError:
            raise Unauthorized from None
        expiry, start = _moment(claims, "exp", float("inf")), _moment(claims, "nbf", 0.0)
        if grant is None or claims.get("scope") != grant.scope or not start <= now < expiry:
            raise Unauthorized
        return grant, expiry

    async def _key(self, key: str) -> tuple[Grant | None, str]:
        """What a key allows, and its secret. The secret of a key that does not exist takes as long to compare."""
        row = None if "\0" in key else await app_keys.find(self._engines.database, key)  # see reading.arguments
        right = self._engines.vault.secret(key)
        if row is None:
            return None, right
        scope, app, integration = row
        assert scope in get_args(Scope)  # noqa: S101 - written by our own commands
        return Grant(scope, app, key, integration), right


def _moment(claims: dict[str, Any], name: str, default: float) -> float:
    value = claims.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unauthorized
    return value

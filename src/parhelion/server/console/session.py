"""Who is signed in: tokens in a cookie, and nothing anywhere else.

    sign in    key id and secret -> a token of the API (JWT) that is good for LIFETIME; the secret is let go
    cookie     APP!TOKEN~APP!TOKEN...    HttpOnly, SameSite=Strict, of this page only; APP is "" for an account's key
    sign out   the cookie goes

Every node and every worker can read it, as each can judge the tokens; and a key that is deleted ends its session.

What changes anything must say `token`, which is made from the cookie: another site can neither read the one nor make
the other, and a browser sends this cookie with no other site's request in the first place.
"""

from __future__ import annotations

import hashlib
import hmac
from binascii import a2b_base64
from dataclasses import dataclass
from functools import cached_property

import msgspec

from ...client.credentials import KeyJWT

COOKIE = "parhelion_console"
LIFETIME = 12 * 3600  # seconds
MOST = 8  # keys at once: a cookie has 4 kB, and a token some 200 bytes


class _Head(msgspec.Struct):
    kid: str


class _Claims(msgspec.Struct):
    scope: str
    exp: float


@dataclass(frozen=True, slots=True)
class Held:
    """A token, and what it says of itself. Whether that is true, the API judges."""

    app_id: str  # "" for an account's
    token: str
    key_id: str
    scope: str
    until: float

    @classmethod
    def read(cls, said: str) -> Held | None:
        """What stands in the cookie; None when it cannot be."""
        app_id, _, token = said.partition("!")
        parts = token.split(".")
        if len(parts) != 3 or (not app_id.isalnum() and app_id):
            return None
        try:
            head = msgspec.json.decode(_bytes(parts[0]), type=_Head)
            claims = msgspec.json.decode(_bytes(parts[1]), type=_Claims)
        except (msgspec.DecodeError, ValueError):
            return None
        return cls(app_id, token, head.kid, claims.scope, claims.exp)

    def __repr__(self) -> str:
        return f"Held(key_id={self.key_id!r}, app_id={self.app_id!r}, token=...)"


def token_of(key_id: str, secret: str, now: float) -> str:
    """The token that a key's owner is signed in with. Errors: ValueError for what cannot be a key."""
    return KeyJWT(key_id, secret, lifetime=LIFETIME).authorization(now).removeprefix("Bearer ")


@dataclass(frozen=True)
class Session:
    """The keys that one browser is signed in with, the latest last."""

    held: tuple[Held, ...] = ()

    @classmethod
    def read(cls, cookie: str, now: float) -> Session:
        """What the cookie says, without what has ended."""
        found = [held for said in cookie.split("~")[:MOST] if (held := Held.read(said)) and held.until > now]
        return cls(tuple(found))

    @cached_property
    def cookie(self) -> str:
        """As it is kept by the browser."""
        return "~".join(f"{held.app_id}!{held.token}" for held in self.held)

    @cached_property
    def token(self) -> str:
        """What a form of ours says and nobody else's can."""
        return hmac.digest(self.cookie.encode(), b"form", hashlib.sha256).hex()

    def is_ours(self, said: str) -> bool:
        """Whether a form came from a page of this session."""
        return hmac.compare_digest(self.token.encode(), said.encode())

    def with_key(self, held: Held) -> Session:
        """Signed in with one more; it replaces an earlier one of the same key."""
        others = [each for each in self.held if each.key_id != held.key_id]
        return Session((*others[-MOST + 1 :], held))

    def without(self, *gone: Held) -> Session:
        """Signed out of those."""
        return Session(tuple(each for each in self.held if each not in gone))

    def of_app(self, app_id: str) -> Held | None:
        """With what an app is asked: its own key, or else an account's."""
        for whose in (app_id, ""):
            if own := [held for held in self.held if held.app_id == whose]:
                return own[-1]
        return None


def _bytes(part: str) -> bytes:
    return a2b_base64(part.translate(str.maketrans("-_", "+/")) + "=" * (-len(part) % 4))

"""Who asks, as the `authorization` header says it.

    Basic(key_id, secret)    the key itself, on every request
    KeyJWT(key_id, secret)   a token made from the key, good for a while: the secret stays here
    Token(token)             a token that somebody else made
    Nobody()                 for the operations that ask for none

All are one method, `authorization(now)`, asked anew for every attempt: a token may expire while we wait. Secrets are in
no repr, and nothing here is put into an exception.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable, Mapping
from typing import Literal, Protocol, TypedDict

import msgspec

from ..operations import Scope

_SCOPES: dict[str, Scope] = {"act_": "account", "svc_": "account", "app_": "app", "int_": "integration"}


class Credentials(Protocol):
    """Whatever can say who asks. It is asked before every attempt, also on an event loop: answer at once."""

    def authorization(self, now: float) -> str:
        """The value of the `authorization` header at the moment `now`, in seconds since 1970."""
        ...


class Basic:
    """A key, sent on every request.

    Errors: ValueError for a key id or secret that is empty or that the header cannot carry.

        Client("https://example.org", credentials=Basic("app_5f1e...", secret))
    """

    def __init__(self, key_id: str, secret: str) -> None:
        self.key_id = _checked_id(key_id)
        self._header = "Basic " + b2a_base64(f"{key_id}:{_checked('secret', secret)}".encode(), newline=False).decode()

    def authorization(self, now: float) -> str:  # noqa: ARG002 - a key does not age
        """The key, as HTTP's Basic scheme writes it."""
        return self._header

    def __repr__(self) -> str:
        return f"Basic(key_id={self.key_id!r}, secret=...)"


class KeyJWT:
    """A token made from a key: HS256, with the key's id in its header and its scope inside.

    `scope` is "account", "app" or "integration", and follows from the key's id when that begins with act_ or svc_,
    app_, or int_. A token is good for `lifetime` seconds (an hour unless told), and is replaced before it ends.

    Errors: ValueError for a key that cannot be used, an unknown prefix without a scope, or a lifetime below a second.

        Client("https://example.org", credentials=KeyJWT("app_5f1e...", secret))
    """

    def __init__(self, key_id: str, secret: str, *, scope: Scope | None = None, lifetime: float = 3600) -> None:
        self.key_id = _checked_id(key_id)
        self._secret = _checked("secret", secret).encode()
        inferred = scope or _SCOPES.get(key_id[:4])
        if inferred is None:
            raise ValueError(f"What the key {key_id!r} is for cannot be told from its id: say scope=...")
        if lifetime < 1:
            raise ValueError("A token's lifetime is a second or more")
        self.scope: Scope = inferred
        self.lifetime = lifetime
        self._made = ("", 0.0, 0.0)  # the header, and between which moments it is used: read and replaced as one

    def authorization(self, now: float) -> str:
        """A token that is good at `now` and a little longer."""
        header, since, until = self._made
        if not since <= now < until:  # also when the clock was set back: a token from the future is refused
            header = "Bearer " + self._mint(int(now))
            # A tenth of the lifetime is left for the way there and for clocks that disagree.
            self._made = (header, now, now + self.lifetime * 0.9)
        return header

    def _mint(self, now: int) -> str:
        import hashlib  # with OpenSSL behind them, these cost more than the rest of the client to load
        import hmac

        what = _Payload(scope=self.scope, iat=now, exp=now + max(1, int(self.lifetime)))
        head = _Header(alg="HS256", typ="JWT", kid=self.key_id)
        signed = _base64url(msgspec.json.encode(head)) + "." + _base64url(msgspec.json.encode(what))
        return signed + "." + _base64url(hmac.digest(self._secret, signed.encode(), hashlib.sha256))

    def __repr__(self) -> str:
        return f"KeyJWT(key_id={self.key_id!r}, secret=..., scope={self.scope!r}, lifetime={self.lifetime!r})"


class Token:
    """A token that was given to us, or a function that knows the present one (and answers at once).

    Errors: ValueError for an empty token, or one with characters that no token has.

        Client("https://example.org", token="eyJ...")
        Client("https://example.org", credentials=Token(lambda: vault.current))
    """

    def __init__(self, token: str | Callable[[], str]) -> None:
        self._token = token if callable(token) else _checked_token(token)

    def authorization(self, now: float) -> str:  # noqa: ARG002 - when it expires is its maker's business
        """The token, as the Bearer scheme writes it."""
        return "Bearer " + (_checked_token(self._token()) if callable(self._token) else self._token)

    def __repr__(self) -> str:
        return "Token(...)"


class Nobody:
    """No credentials: for operations that ask for none, such as `oauth.get_token`. Others answer 401.

    Client("https://example.org", credentials=Nobody())
    """

    def authorization(self, now: float) -> str:  # noqa: ARG002 - there is nothing that could age
        """Nothing."""
        return ""

    def __repr__(self) -> str:
        return "Nobody()"


class _Header(TypedDict):
    alg: Literal["HS256"]
    typ: Literal["JWT"]
    kid: str


class _Payload(TypedDict):
    scope: Scope
    iat: int
    exp: int


def _base64url(raw: bytes) -> str:
    return b2a_base64(raw, newline=False).rstrip(b"=").translate(bytes.maketrans(b"+/", b"-_")).decode()


def _checked(what: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"The {what} is missing")
    if not value.isprintable():
        raise ValueError(f"The {what} holds a character that cannot be sent")  # which one is a secret too
    return value


def _checked_id(key_id: str) -> str:
    if ":" in _checked("key id", key_id):
        raise ValueError("A key id has no colon; is this the key's id, or the id and the secret together?")
    return key_id


def _checked_token(token: str) -> str:
    token = _checked("token", token)
    if not token.isascii() or " " in token:
        raise ValueError("The token holds a character that cannot be sent")
    return token


def choose(
    key_id: str | None,
    secret: str | None,
    token: str | None,
    credentials: Credentials | None,
    environ: Mapping[str, str],
) -> Credentials:
    """One way to say who asks: what was given, or else what the environment holds."""
    given = [credentials is not None, token is not None, key_id is not None or secret is not None]
    if sum(given) > 1:
        raise ValueError("Give either key_id and secret, or a token, or credentials")
    if credentials is not None:
        return credentials
    if token is not None:
        return Token(token)
    if key_id is None and secret is None:  # both or neither: half of one identity and half of another is none
        key_id, secret = environ.get("PARHELION_KEY_ID") or None, environ.get("PARHELION_SECRET") or None
    for name, value in (("key_id", key_id), ("secret", secret)):
        if value == "":
            raise ValueError(f"{name} is empty")
    if key_id is None or secret is None:
        raise ValueError(
            "Who asks? Give key_id and secret, a token, or credentials; or set PARHELION_KEY_ID and PARHELION_SECRET"
        )
    return Basic(key_id, secret)

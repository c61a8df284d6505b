"""App keys: what a program shows to be let in."""

from __future__ import annotations

from typing import ClassVar

from ._wire import Discreet, Name, Wire


class AppKey(Discreet, kw_only=True):
    """A key: `id` is the user name of Basic authentication and the `kid` of a JWT, `secret` the password."""

    secrets: ClassVar[frozenset[str]] = frozenset({"secret"})

    id: str
    display_name: str | None = None
    secret: str | None = None


class AppKeyCreateBody(Wire, kw_only=True):
    """A new key: a name of 1 to 100 characters."""

    display_name: Name


class AppKeyListResponse(Wire, kw_only=True):
    """All keys of an app, oldest first, with their secrets."""

    keys: list[AppKey]


class AppKeyResponse(Wire, kw_only=True):
    """One key, with its secret."""

    key: AppKey

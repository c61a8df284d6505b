"""App keys: what a program shows to be let in."""

from __future__ import annotations

from ._wire import Name, Wire


class AppKey(Wire, kw_only=True):
    """A key: `id` is the user name of Basic authentication and the `kid` of a JWT, `secret` the password."""

    id: str
    display_name: str | None = None
    secret: str | None = None

    def __repr__(self) -> str:
        return f"AppKey(id={self.id!r}, display_name={self.display_name!r}, secret=...)"

    __str__ = __repr__


class AppKeyCreateBody(Wire, kw_only=True):
    """A new key: a name of 1 to 100 characters."""

    display_name: Name


class AppKeyResponse(Wire, kw_only=True):
    """One key, with its secret."""

    key: AppKey

"""Integration keys: what a program shows to be let in as one custom integration."""

from __future__ import annotations

from typing import ClassVar

from ._wire import Discreet, Name, Wire


class ApiKey(Discreet, kw_only=True):
    """A key: `id` is the user name of Basic authentication and the `kid` of a JWT, `secret` the password."""

    secrets: ClassVar[frozenset[str]] = frozenset({"secret"})

    id: str
    display_name: str | None = None
    secret: str | None = None


class IntegrationApiKey(Wire, kw_only=True):
    """A new key: a name of 1 to 100 characters."""

    display_name: Name


class IntegrationApiKeyResponse(Wire, kw_only=True):
    """One key, with its secret."""

    key: ApiKey


class IntegrationApiKeyListResponse(Wire, kw_only=True):
    """All keys of an integration, oldest first, with their secrets."""

    keys: list[ApiKey]

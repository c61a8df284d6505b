"""OAuth: how a partner's program is let into somebody's app. Its names are OAuth's own, with underscores."""

from __future__ import annotations

from typing import ClassVar, Literal

from ._wire import Discreet


class GetTokenRequest(Discreet, kw_only=True, rename=None):
    """An authorization code, to be exchanged for an access token.

    `redirect_uri` is checked when it is given: it is the one that the code was sent to.
    """

    secrets: ClassVar[frozenset[str]] = frozenset({"code", "client_secret"})

    code: str
    grant_type: Literal["authorization_code"]
    client_id: str
    client_secret: str
    redirect_uri: str | None = None


class GetTokenResponse(Discreet, kw_only=True, rename=None):
    """An access token: `Client(..., token=answer.access_token)`."""

    secrets: ClassVar[frozenset[str]] = frozenset({"access_token"})

    access_token: str
    token_type: str

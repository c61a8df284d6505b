"""OAuth: how a partner's program is let into somebody's app. Its names are OAuth's own, with underscores."""

from __future__ import annotations

from typing import Literal

from ._wire import Wire


class GetTokenRequest(Wire, kw_only=True, rename=None):
    """An authorization code, to be exchanged for an access token.

    `redirect_uri` is checked when it is given: it is the one that the code was sent to.
    """

    code: str
    grant_type: Literal["authorization_code"]
    client_id: str
    client_secret: str
    redirect_uri: str | None = None

    def __repr__(self) -> str:
        return f"GetTokenRequest(code=..., client_id={self.client_id!r}, client_secret=...)"

    __str__ = __repr__


class GetTokenResponse(Wire, kw_only=True, rename=None):
    """An access token: `Client(..., token=answer.access_token)`."""

    access_token: str
    token_type: str

    def __repr__(self) -> str:
        return f"GetTokenResponse(access_token=..., token_type={self.token_type!r})"

    __str__ = __repr__

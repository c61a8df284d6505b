"""OAuth endpoints."""

from __future__ import annotations

from typing import Literal

from ..wire import AppResponse, GetTokenRequest, GetTokenResponse
from ._callers import C_co, Resource
from ._operation import BROWSE, DELETE, GET, INTEGRATION, OF_AN_APP, OPEN, POST


class OAuthEndpoints(Resource[C_co]):
    """How a partner's program is let into somebody's app: authorize, get_token, and one day revoke_access."""

    @BROWSE("Authorize", "/oauth/authorize")
    def authorize(
        self,
        client_id: str,
        *,
        response_type: Literal["code"] = "code",
        state: str | None = None,
        redirect_uri: str | None = None,
    ) -> str:
        """The address of the page on which somebody lets a partner's program into their app. No request is made.

        Send their browser there. It comes back to `redirect_uri` (one of those that the partner is registered with;
        the first of them when it is left out) with `code` and `state` in the query, or with `error=access_denied`.
        Make `state` hard to guess and check that the same comes back, so that no stranger's answer is taken for
        theirs. The code is good for ten minutes, once: see `get_token`.

        Errors: none here. A partner that is not registered and a wrong `redirect_uri` are told on the page.

            address = client.oauth.authorize(client_id, state=state, redirect_uri="https://bot.example.org/back")

        Source: Authorize in the API's specification, 17.12.1.
        """
        ...

    @POST("GetToken", "/oauth/token", scopes=OPEN, also_form=True)
    def get_token(self, body: GetTokenRequest) -> GetTokenResponse:
        """Exchange an authorization code for an access token, from the partner's server. The token does not expire.

        It has integration scope in the one app it was given for: `get_token_info` tells which. Needs no key; the
        partner's own secret is in the body, and so is never given to a browser. A code is good for ten minutes, once.

        Errors: `BadRequest` for a code that is unknown, used, expired or another partner's; `Unauthorized` for a wrong
        client id or secret.

            body = GetTokenRequest(
                code=code, grant_type="authorization_code", client_id=client_id, client_secret=client_secret
            )
            token = client.oauth.get_token(body).access_token

        Source: GetToken in the API's specification, 17.12.1. `redirect_uri`, and a body as a form, are OAuth's
        (RFC 6749, 4.1.3).
        """
        ...

    @DELETE("RevokeAccess", "/oauth/authorization", scopes=INTEGRATION)
    def revoke_access(self) -> None:
        """Leave the app: the integration goes, with its webhooks and with every token it was given.

        Needs a token of the integration. Errors: `Unauthorized` when it has left already.

            client.oauth.revoke_access()

        Source: RevokeAccess in the API's specification, 17.12.1.
        """
        ...

    @GET("GetTokenInfo", "/v2/tokenInfo", scopes=OF_AN_APP)
    def get_token_info(self) -> AppResponse:
        """The app that the token is for. Also a way to see whether the token is still good.

        Needs a key or a token of an app or of an integration; an account's is for no app in particular.

        Errors: `Unauthorized` when the token is not good any more, `Forbidden` for an account's.

            app = client.oauth.get_token_info().app
            messages = client.for_app(app.id).messages

        Source: GetTokenInfo in the API's specification, 17.12.1.
        """
        ...

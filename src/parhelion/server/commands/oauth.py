"""OAuth: a partner's program is let into somebody's app.

    browser  authorize -> Asking: who asks, and where the browser goes back to     (shown by http/consent.py)
             allow     -> a code for that partner, that address, that app, on its way back in the address
    partner  get_token -> code taken away, integration and key made -> a token signed with the key
             revoke_access -> the integration goes, with its key and its webhooks

A token is a JWT like those that anybody makes of an integration's key, so whoever checks those checks it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal, NamedTuple
from urllib.parse import urlencode, urlsplit

import jwt
import msgspec

from ...operations import OAuthEndpoints
from ...wire import (
    AppNotFound,
    AppResponse,
    BadRequest,
    CustomCreate,
    GetTokenRequest,
    GetTokenResponse,
    Unauthorized,
)
from .. import rows
from ..ports import Refused
from ..rules.integrations import kept
from ..rules.redirects import faults
from ._serves import EMPTY, Context, Engines, Grant, Said, refuse, serves

GOOD_FOR = 10 * 60 * 1000  # milliseconds from the page to the exchange
DELETED = "oauth client delete"
BAD_CODE = "code: is not known, was used before, or is more than ten minutes old"
BAD_URI = "redirect_uri: is not one that the client is registered with"


class Asking(NamedTuple):
    """A partner that asks to be let in."""

    client_id: str
    name: str
    redirect_uri: str
    state: str | None

    def answered(self, **said: str) -> str:
        """Where the browser goes back to, with what is said to the partner."""
        if self.state is not None:
            said["state"] = self.state
        return f"{self.redirect_uri}{'&' if urlsplit(self.redirect_uri).query else '?'}{urlencode(said)}"


class OAuthClient(NamedTuple):
    """A partner as it is registered."""

    id: str
    name: str
    redirect_uris: list[str]


@serves(OAuthEndpoints.authorize)
async def authorize(
    context: Context,
    client_id: str,
    *,
    response_type: Literal["code"] = "code",
    state: str | None = None,
    redirect_uri: str | None = None,
) -> Asking:
    """Who asks. A browser is never sent to an address that is not the partner's, not even with bad news."""
    found = await rows.oauth.client(context.database, client_id)
    if found is None:
        raise BadRequest("client_id: is not registered here")
    name, uris = found
    registered = msgspec.json.decode(uris, type=list[str])
    if redirect_uri is not None and redirect_uri not in registered:
        raise BadRequest(BAD_URI)
    return Asking(client_id, name, registered[0] if redirect_uri is None else redirect_uri, state)


async def allow(context: Context, asking: Asking, app_id: str) -> str:
    """A code for the app. The caller has seen a key to it."""
    code = context.engines.vault.derived("oauth code", context.engines.ids.unguessable())
    write = rows.oauth.allow(_digest(code), asking.client_id, asking.redirect_uri, app_id, context.now() + GOOD_FOR)
    try:
        await context.database.write(context.noting(write, f"oauthClient/{asking.client_id}"))
    except Refused:
        raise AppNotFound from None
    return code


@serves(OAuthEndpoints.get_token)
async def get_token(context: Context, body: GetTokenRequest) -> GetTokenResponse:
    client = await rows.oauth.client(context.database, body.client_id)
    right = client_secret(context.engines, body.client_id)
    if not hmac.compare_digest(right.encode(), body.client_secret.encode()) or client is None:
        raise Unauthorized("The client_id or its client_secret is wrong")
    digest = _digest(body.code)
    found = await rows.oauth.code(context.database, digest)
    if found is None or found[0] != body.client_id:
        raise BadRequest(BAD_CODE)
    _, redirect_uri, app_id, _ = found
    context.grant = Grant("integration", app_id, body.client_id)  # who this is, for the audit log
    if body.redirect_uri is not None and body.redirect_uri != redirect_uri:
        raise BadRequest("redirect_uri: is not the one that the code was sent to")
    ids, now = context.engines.ids, context.now()
    integration = ids.next()
    stored = kept(CustomCreate(display_name=client[0], webhooks=[]), integration)
    write = rows.oauth.exchange(digest, body.client_id, app_id, integration, stored, f"int_{ids.next()}", now)
    try:
        [[key]] = await context.database.write(context.noting(write, f"oauthClient/{body.client_id}"))
    except Refused:  # used at this very moment, too old, or its app is gone
        raise BadRequest(BAD_CODE) from None
    token = jwt.encode(  # pyright: ignore[reportUnknownMemberType] - its key types need cryptography
        {"scope": "integration", "appId": app_id, "iat": now // 1000},
        context.engines.vault.secret(key),
        algorithm="HS256",
        headers={"kid": key, "azp": body.client_id},
    )
    return GetTokenResponse(access_token=token, token_type="Bearer")  # noqa: S106 - a word, not a secret


@serves(OAuthEndpoints.revoke_access)
async def revoke_access(context: Context) -> None:
    write = rows.integrations.delete(context.grant.app_id, context.grant.integration_id)
    try:
        await context.commit(write, EMPTY, f"integration/{context.grant.integration_id}")
    except Refused:  # within the second that credentials are remembered
        raise Unauthorized from None


@serves(OAuthEndpoints.get_token_info)
async def get_token_info(context: Context) -> Said[AppResponse]:
    found = await rows.apps.find(context.database, context.grant.app_id)
    if found is None:
        raise Unauthorized
    return Said(b'{"app":%b}' % found)


def client_secret(engines: Engines, client_id: str) -> str:
    """A partner's secret. Stored nowhere, like those of keys."""
    return engines.vault.derived("oauth client", client_id)


async def create_client(context: Context, name: str, redirect_uris: list[str]) -> OAuthClient:
    """Register a partner. The API has no operation for it: it is done on the server's own machine."""
    refuse(*faults(redirect_uris))
    client = OAuthClient(context.engines.ids.next(), name, redirect_uris)
    uris = msgspec.json.encode(redirect_uris).decode()
    write = rows.oauth.create_client(client.id, name, uris, context.now())
    await context.database.write(context.noting(write, f"oauthClient/{client.id}", operation="oauth client create"))
    return client


async def clients(context: Context) -> list[OAuthClient]:
    """Every partner, in the order of registration."""
    found = await rows.oauth.clients(context.database)
    return [OAuthClient(id, name, msgspec.json.decode(uris, type=list[str])) for id, name, uris in found]


async def delete_client(context: Context, client_id: str) -> int:
    """Take a partner out of every app and off the register. Answers out of how many apps."""
    several = 0
    while True:
        for app, integration in await rows.oauth.integrations(context.database, client_id):
            try:
                context.app_id, write = app, rows.integrations.delete(app, integration)
                await context.database.write(context.noting(write, f"integration/{integration}", operation=DELETED))
            except Refused:  # somebody else has just done it
                continue
            several += 1
        try:
            context.app_id, write = "", rows.oauth.delete_client(client_id)
            await context.database.write(context.noting(write, f"oauthClient/{client_id}", operation=DELETED))
        except Refused:
            if await rows.oauth.client(context.database, client_id) is None:
                raise ValueError(f"There is no OAuth client {client_id}") from None
            continue  # an app has let it in meanwhile
        return several


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()

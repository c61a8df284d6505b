"""parhelion oauth client: the partners whose programs people may let into their apps.

They are registered on the server's own machine, beside a running server or without one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from ..operations import OAuthEndpoints
from ..server.assemble import Store, engines
from ..server.commands import OPERATOR, Context, oauth
from ..server.ports import Unavailable
from ..wire import BadRequest

T = TypeVar("T")


def create_client(store: Store, name: str, redirect_uris: list[str], *, as_json: bool) -> int:
    """Register a partner."""
    if not name.strip() or len(name) > 100:
        raise ValueError("--name: should be 1 to 100 characters")

    async def create(context: Context) -> tuple[oauth.OAuthClient, str]:
        made = await oauth.create_client(context, name, redirect_uris)
        return made, oauth.client_secret(context.engines, made.id)

    client, secret = asyncio.run(_with(store, create))
    if as_json:
        said = {"clientId": client.id, "clientSecret": secret, "redirectUris": client.redirect_uris}
        print(msgspec.json.encode(said).decode())
        return 0
    print(f"Registered the OAuth client {name!r} in {store}. Hand these two to its maker, the secret in private:\n")
    print(f"  client_id      {client.id}")
    print(f"  client_secret  {secret}\n")
    print("To let it into an app, open this page of the server in a browser, with a key of the app at hand:\n")
    print(f"  /oauth/authorize?response_type=code&client_id={client.id}\n")
    print(f"The browser then goes to {client.redirect_uris[0]} with a code, which is good for ten minutes:")
    print("POST /oauth/token makes an access token of it. See /docs#GetToken.")
    return 0


def list_clients(store: Store, *, as_json: bool) -> int:
    """Show the partners that are registered."""
    found = asyncio.run(_with(store, oauth.clients))
    if as_json:
        said = [{"clientId": each.id, "name": each.name, "redirectUris": each.redirect_uris} for each in found]
        print(msgspec.json.encode(said).decode())
        return 0
    if not found:
        print(f"There is no OAuth client in {store}. Register one:")
        print("  parhelion oauth client create --name NAME --redirect-uri URI")
    for each in found:
        print(f"{each.id}  {each.name}")
        for uri in each.redirect_uris:
            print(f"{'':24}  {uri}")
    return 0


def delete_client(store: Store, client_id: str) -> int:
    """Take a partner off the register, and out of every app."""
    several = asyncio.run(_with(store, lambda context: oauth.delete_client(context, client_id)))
    apps = {0: "No app had let it in.", 1: "It is out of the one app that had let it in; its token answers 401."}
    print(f"Deleted the OAuth client {client_id} from {store}.")
    print(apps.get(several, f"It is out of the {several} apps that had let it in; its tokens answer 401."))
    return 0


async def _with(store: Store, act: Callable[[Context], Awaitable[T]]) -> T:
    async with engines(store) as opened:
        try:
            return await act(Context(opened, OAuthEndpoints.get_token, OPERATOR, "", "", ""))
        except Unavailable as trouble:
            raise OSError(str(trouble)) from None
        except BadRequest as error:
            raise ValueError("; ".join(f"--{each.title}" for each in error.errors)) from None

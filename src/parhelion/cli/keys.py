"""parhelion app create, parhelion account key: credentials made on the server's own machine.

They open the store beside a running server: it needs no restart, and no stop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from ..operations import AppKeys, Apps, Operation
from ..server.assemble import Store, engines
from ..server.commands import OPERATOR, Context, app_keys, apps, json_of
from ..server.ports import Unavailable
from ..wire import AppCreateBody, AppKey, AppKeyCreateBody, AppKeyResponse, AppResponse
from ..wire.reading import Unreadable, strict
from ..wire.writing import write as to_json

T = TypeVar("T")


def create_app(store: Store, name: str, *, as_json: bool) -> int:
    """Create an app and a key for it."""
    body = _said(AppCreateBody, name)

    async def create(context: Context) -> tuple[str, AppKey]:
        made = strict(json_of(await apps.create(context, body)), AppResponse).app
        context.app_id, context.operation = made.id, AppKeys.create
        said = await app_keys.create(context, AppKeyCreateBody(display_name=name))
        return made.id, strict(json_of(said), AppKeyResponse).key

    app_id, key = asyncio.run(_with(store, Apps.create, create))
    if as_json:
        print(msgspec.json.encode({"appId": app_id, "keyId": key.id, "secret": key.secret}).decode())
        return 0
    print(f"Created the app {name!r} in {store}.\n")
    _show(("PARHELION_APP_ID", app_id), ("PARHELION_KEY_ID", key.id), ("PARHELION_SECRET", key.secret))
    return 0


def create_account_key(store: Store, name: str, *, as_json: bool) -> int:
    """Create a key of account scope."""
    _said(AppKeyCreateBody, name)
    key = asyncio.run(_with(store, AppKeys.create, lambda context: app_keys.create_for_account(context, name)))
    if as_json:
        print(msgspec.json.encode({"keyId": key.id, "secret": key.secret}).decode())
        return 0
    print(f"Created an account key in {store}. It may create apps and reach all of them: keep it well.\n")
    _show(("PARHELION_KEY_ID", key.id), ("PARHELION_SECRET", key.secret))
    return 0


async def _with(store: Store, operation: Operation[..., object], act: Callable[[Context], Awaitable[T]]) -> T:
    async with engines(store) as opened:
        try:
            return await act(Context(opened, operation, OPERATOR, "", "", ""))
        except Unavailable as trouble:
            raise OSError(str(trouble)) from None


def _said(kind: type[T], name: str) -> T:
    try:
        body: T = strict(to_json({"displayName": name}), kind)
    except Unreadable as error:
        raise ValueError(str(error).replace("displayName", "--name")) from None
    return body


def _show(*settings: tuple[str, str | None]) -> None:
    print("The client finds these settings in the environment:\n")
    for name, value in settings:
        print(f"  export {name}={value}")

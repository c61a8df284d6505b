"""The example in the docstring of every operation, run as it is printed."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import parhelion
from parhelion import ApiError, Client, Fault, Nobody, NotSupported, UserNotFound
from parhelion.operations import CONTROLS, Declared, OAuthEndpoints, operations
from parhelion.server import rows
from parhelion.server.commands import Context, Grant, oauth
from tests.inside import engines
from tests.live import Caller, Live, UnderTest

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + bytes(64)
BACK = "https://bot.example.org/back"

# What this server cannot do says so, as docs/behaviour.md does.
REFUSED: dict[str, type[ApiError]] = {
    "DownloadMessageRef": NotSupported,
    "PostConversionEvents": NotSupported,
    "SyncUser": UserNotFound,
}
HOOK = {"target": "http://127.0.0.1:9/hook", "triggers": ["conversation:message"]}
TEA = {"type": "postback", "text": "Tea", "payload": "TEA"}
BY_INTEGRATION = {"RevokeAccess", "ListWebhooks"}  # "me" is for those who have one
WITHOUT_SWITCHBOARD = {"CreateSwitchboard"}
WITHOUT_ADA = {"CreateUser"}
APART = {"JoinConversation"}  # the user is not in the conversation yet


class Thing:
    """Something with fields, as a client hands it out."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.__dict__.update(fields)


@pytest.mark.parametrize("operation", operations(), ids=lambda each: each.operation_id)
def test_the_example_of_each_operation(
    operation: Declared[Any],
    live: Live,
    account: Caller,
    app: Caller,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    example = example_of(operation)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sun.png").write_bytes(PNG)
    world, integration = prepared(operation.operation_id, live, account, app)
    asks = app
    if operation.scopes == {"account"}:
        asks = account
    elif operation.operation_id in BY_INTEGRATION:
        asks = integration
    with Client(live.url, app_id=app.app_id, key_id=asks.key_id, secret=asks.secret) as client:
        world |= {name: getattr(parhelion, name) for name in parhelion.__all__} | {"client": client}
        program = compile(example, operation.operation_id, "exec")
        if refused := REFUSED.get(operation.operation_id):
            with pytest.raises(refused):
                exec(program, world)
        elif operation.operation_id == "ListenEvents":
            with saying(app, world["conversation_id"]), pytest.raises(Heard):
                exec(program, world | {"print": heard})
        else:
            exec(program, world)


@pytest.mark.parametrize("control", operations(*CONTROLS), ids=lambda each: each.operation_id)
def test_the_example_of_each_control(control: Declared[Any], under_test: UnderTest) -> None:
    with Client(under_test.url, credentials=Nobody()) as client:
        client.testing.reset()
        world: dict[str, Any] = {name: getattr(parhelion, name) for name in parhelion.__all__} | {"client": client}
        world["fault_id"] = client.testing.add_fault(Fault(operation="GetApp", status=500)).fault.id
        world["snapshot"] = client.testing.take_snapshot().snapshot
        exec(compile(example_of(control), control.operation_id, "exec"), world)


def example_of(operation: Declared[Any]) -> str:
    [example] = re.findall(r"(?:^    .*\n|^\n(?=    ))+", inspect.cleandoc(operation.__doc__ or ""), re.MULTILINE)
    return textwrap.dedent(example)


class Heard(Exception):
    """The end of an example that has none."""


def heard(*said: object) -> None:
    raise Heard(said)


@contextmanager
def saying(app: Caller, conversation: str) -> Iterator[None]:
    """Somebody who says something, again and again."""
    enough = threading.Event()

    def say() -> None:
        while not enough.wait(0.1):
            app.say(conversation)

    speaking = threading.Thread(target=say)
    speaking.start()
    try:
        yield
    finally:
        enough.set()
        speaking.join()


def prepared(operation_id: str, live: Live, account: Caller, app: Caller) -> tuple[dict[str, Any], Caller]:
    """What the examples speak of, by the names they use; and somebody with an integration's key."""
    made = app.post(f"{app.app}/integrations", {"type": "custom", "displayName": "bot", "webhooks": [HOOK]})
    bot = made.json["integration"]
    key = app.post(f"{app.app}/integrations/{bot['id']}/keys", {"displayName": "bot"}).json["key"]
    ada = app.user(externalId="ada") if operation_id not in WITHOUT_ADA else ""
    conversation = app.conversation(*([ada] if ada and operation_id not in APART else []))
    personal = app.conversation(ada, type="personal") if ada else ""
    world: dict[str, Any] = {
        "conversation_id": conversation,
        "message_id": app.say(conversation)["id"],
        "message": Thing(app.say(conversation, actions=[TEA])),
        "integration_id": bot["id"],
        "key_id": app.key_id,
        "webhook_id": bot["webhooks"][0]["id"],
        "event_id": "",
        "yesterday": datetime(2026, 1, 1, tzinfo=UTC),
        "user_id": ada,
        "state": "a state",
        "client_id": "oauth_0",
        "url": "https://example.org/ref",
        "bid": "b",
        "key": "k",
        "signature": "s",
        "owner": "o",
    }
    with Client(live.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client:
        world["event_id"] = client.deliveries.list(world["webhook_id"]).deliveries[0].event_id
        world["app"] = client.apps.get().app
        world["attachment"] = client.attachments.upload(PNG, for_="message").attachment
    if operation_id in {"GetCustomIntegrationKey", "DeleteCustomIntegrationKey"}:
        world["key_id"] = key["id"]
    if operation_id == "DeleteAppKey":
        world["key_id"] = account.post(f"{app.app}/keys", {"displayName": "spare"}).json["key"]["id"]
    phone = app.post(f"{app.app}/integrations", {"type": "whatsapp"}).json["integration"]["id"]
    if operation_id == "CreateClient":
        world |= {"integration_id": phone, "conversation_id": personal}
    if operation_id == "RemoveClient":
        said = {
            "matchCriteria": {"type": "whatsapp", "integrationId": phone, "phoneNumber": "+12125552368"},
            "confirmation": {"type": "immediate"},
            "target": {"conversationId": personal},
        }
        world["client_id"] = app.post(f"{app.app}/users/ada/clients", said).json["client"]["id"]
    if operation_id not in WITHOUT_SWITCHBOARD:
        world |= switchboard(operation_id, app, bot["id"], conversation)
    asyncio.run(brought_in(operation_id, live, app, ada, world))
    return world, Caller(live.url, key["id"], key["secret"], app.app_id)


def switchboard(operation_id: str, app: Caller, bot: str, conversation: str) -> dict[str, Any]:
    """A switchboard as the examples have it: the bot is active, the agents come next."""
    board = app.post(f"{app.app}/switchboards", None).json["switchboard"]
    places = f"{app.app}/switchboards/{board['id']}/switchboardIntegrations"
    if operation_id == "CreateSwitchboardIntegration":
        return {"board": Thing(board)}
    spare = app.post(places, {"name": "spare", "integrationType": "zd:other"}).json["switchboardIntegration"]
    desk = app.post(places, {"name": "agents", "integrationType": "zd:agentWorkspace"}).json["switchboardIntegration"]
    said = {"name": "bot", "integrationId": bot, "nextSwitchboardIntegrationId": desk["id"]}
    first = app.post(places, said).json["switchboardIntegration"]
    if operation_id == "DeleteSwitchboardIntegration":
        return {"board": Thing(board), "bot": Thing(first), "desk": Thing(spare)}
    enabled = {"enabled": True, "defaultSwitchboardIntegrationId": first["id"]}
    assert app.send("PATCH", f"{app.app}/switchboards/{board['id']}", enabled).status == 200
    app.say(conversation)
    if operation_id == "AcceptControl":
        offered = {"switchboardIntegration": "agents"}
        assert app.post(f"{app.app}/conversations/{conversation}/offerControl", offered).status == 200
    return {"board": Thing(board), "bot": Thing(first), "desk": Thing(desk)}


async def brought_in(operation_id: str, live: Live, app: Caller, ada: str, world: dict[str, Any]) -> None:
    """What cannot be made through the API: a device, and a partner that asks to be let in."""
    if operation_id not in {"GetDevice", "ListDevices", "GetToken", "Authorize"}:
        return
    async with engines(live.data) as opened:
        device = json.dumps({"id": "d" * 24, "type": "web", "status": "active"}).encode()
        await opened.database.write(rows.devices.create(app.app_id, ada, "d" * 24, 1, device))
        context = Context(opened, OAuthEndpoints.authorize, Grant("app", app.app_id, ""), app.app_id, "", "")
        partner = await oauth.create_client(context, "Bot", [BACK])
        asking = await oauth.authorize(context, partner.id)
        world |= {
            "device_id": "d" * 24,
            "client_id": partner.id,
            "client_secret": oauth.client_secret(opened, partner.id),
            "code": await oauth.allow(context, asking, app.app_id),
        }

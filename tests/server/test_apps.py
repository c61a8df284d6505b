"""Apps: their settings hold together, and when one goes, all that was in it goes with it and nothing of others."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from parhelion.server import rows
from parhelion.server.databases._words import OWN
from parhelion.server.ports import Refused, Step
from tests.inside import Clock, Inside, inside
from tests.live import Caller

GONE = (404, ["app_not_found"])
Story = Callable[[Inside], Coroutine[Any, Any, None]]
Tell = Callable[[Story], None]


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    def run(story: Story) -> None:
        async def told() -> None:
            async with inside(tmp_path / "data") as server:
                await story(server)

        asyncio.run(told())

    return run


def made(account: Caller, **body: Any) -> dict[str, Any]:
    answer = account.post("/v2/apps", {"displayName": "an app", **body})
    assert answer.status == 201, answer
    app: dict[str, Any] = answer.json["app"]
    return app


def change(caller: Caller, app: str, **body: Any) -> Any:
    answer = caller.send("PATCH", f"/v2/apps/{app}", body)
    return answer.json["app"] if answer.status == 200 else (answer.status, answer.titles)


def test_a_new_app_has_settings_and_keeps_those_it_was_made_with(account: Caller) -> None:
    assert made(account)["settings"] == {
        "maskCreditCardNumbers": True,
        "useAnimalNames": False,
        "echoPostback": False,
        "multiConvoEnabled": True,
        "appLocalizationEnabled": True,
    }
    settings = {
        "conversationRetentionSeconds": 0,
        "maskCreditCardNumbers": False,
        "useAnimalNames": True,
        "echoPostback": True,
        "ignoreAutoConversationStart": True,
        "multiConvoEnabled": True,
        "appLocalizationEnabled": False,
        "endSessionEnabled": True,
        "disableConversationReopen": True,
    }
    app = made(account, settings=settings)
    assert app["settings"] == settings
    assert account.get(f"/v2/apps/{app['id']}").json == {"app": app}


def test_a_change_touches_what_it_says_and_nothing_else(account: Caller) -> None:
    app = made(account, metadata={"tier": "gold", "trial": True})
    after = change(account, app["id"], settings={"echoPostback": True}, metadata={"trial": None, "seats": 3})
    assert after["displayName"] == "an app"
    assert after["settings"] == {**app["settings"], "echoPostback": True}
    assert after["metadata"] == {"tier": "gold", "seats": 3}
    assert change(account, app["id"], displayName="another name")["settings"]["echoPostback"] is True
    assert change(account, app["id"]) == {**after, "displayName": "another name"}
    without = change(account, app["id"], metadata=None)
    assert "metadata" not in without
    assert account.get(f"/v2/apps/{app['id']}").json == {"app": without}


def test_an_app_key_changes_its_own_app_but_neither_another_nor_deletes_any(app: Caller, account: Caller) -> None:
    assert change(app, app.app_id, displayName="mine")["displayName"] == "mine"
    other = made(account)["id"]
    assert app.send("PATCH", f"/v2/apps/{other}", {"displayName": "yours"}).status == 403
    assert app.delete(f"/v2/apps/{other}").status == 403
    assert app.delete(app.app).status == 403
    assert account.get(f"/v2/apps/{other}").json["app"]["displayName"] == "an app"


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ({"displayName": ""}, "displayName: should have at least 1 character"),
        ({"displayName": "x" * 101}, "displayName: should have at most 100 characters"),
        ({"displayName": None}, "displayName: should be a string, not null"),
        ({"settings": None}, "settings: should be an object, not null"),
        ({"settings": {"echoPostback": "yes"}}, "settings.echoPostback: should be true or false, not a string"),
        (
            {"settings": {"conversationRetentionSeconds": -1}},
            "settings.conversationRetentionSeconds: should be at least 0",
        ),
        (
            {"settings": {"conversationRetentionSeconds": 10**12}},
            "settings.conversationRetentionSeconds: should be at most 2147483647",
        ),
        ({"metadata": {"nested": {}}}, None),
    ],
)
def test_a_change_that_is_none_is_refused_and_changes_nothing(app: Caller, body: Any, title: str | None) -> None:
    before = app.get(app.app).json
    answer = app.send("PATCH", app.app, body)
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert title is None or answer.titles == [title]
    assert app.get(app.app).json == before


def test_metadata_is_measured_once_the_change_is_in_it(app: Caller) -> None:
    assert change(app, app.app_id, metadata={"a": "x" * 3000})
    assert change(app, app.app_id, metadata={"b": "x" * 1100}) == (
        400,
        ["App metadata is limited to 4096 bytes in size."],
    )
    assert change(app, app.app_id, metadata={"a": None, "b": "x" * 3000})["metadata"] == {"b": "x" * 3000}


def test_several_conversations_cannot_be_turned_off_again(account: Caller) -> None:
    app = made(account, settings={"multiConvoEnabled": False})
    assert change(account, app["id"], settings={"multiConvoEnabled": False})["settings"] == app["settings"]
    assert change(account, app["id"], settings={"multiConvoEnabled": True})["settings"]["multiConvoEnabled"] is True
    refused = (400, ["settings.multiConvoEnabled: cannot be turned off once it is on"])
    assert change(account, app["id"], settings={"multiConvoEnabled": False}) == refused
    assert account.get(f"/v2/apps/{app['id']}").json["app"]["settings"]["multiConvoEnabled"] is True


@pytest.mark.parametrize("setting", ["endSessionEnabled", "disableConversationReopen"])
def test_what_needs_several_conversations_is_refused_without_them(account: Caller, setting: str) -> None:
    refused = [f"settings.{setting}: should be on only where settings.multiConvoEnabled is on"]
    without = {"multiConvoEnabled": False}
    assert account.post("/v2/apps", {"displayName": "a", "settings": {**without, setting: True}}).titles == refused
    app = made(account, settings=without)["id"]
    assert change(account, app, settings={setting: True}) == (400, refused)
    assert change(account, app, settings={setting: False})["settings"][setting] is False
    both = change(account, app, settings={setting: True, "multiConvoEnabled": True})
    assert both["settings"][setting] is True


def test_changes_made_at_the_same_time_are_all_there(account: Caller) -> None:
    app = made(account)["id"]
    with ThreadPoolExecutor(8) as together:
        list(together.map(lambda n: change(account, app, metadata={f"key{n}": n}), range(24)))
    metadata = account.get(f"/v2/apps/{app}").json["app"]["metadata"]
    assert metadata == {f"key{n}": n for n in range(24)}


def test_retention_counts_from_when_it_is_asked_for(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        path = f"/v2/apps/{server.app_id}"

        async def kept() -> tuple[int, float]:
            row = await server.engines.database.read_one(
                "select retention_seconds, retained_since from app where id = :id", {"id": server.app_id}
            )
            assert row is not None
            return row[0], row[1] / 1000

        async def retain(seconds: int) -> None:
            await server.done("PATCH", path, {"settings": {"conversationRetentionSeconds": seconds}})

        start = server.clock.seconds
        assert await kept() == (0, 0)
        await retain(60)
        assert await kept() == (60, start)
        server.clock.seconds += 100
        await retain(30)
        await server.done("PATCH", path, {"displayName": "other"})
        assert await kept() == (30, start), "a change of length is not a new beginning"
        await retain(0)
        server.clock.seconds += 100
        await retain(30)
        assert await kept() == (30, start + 200)
        made = await server.done(
            "POST", "/v2/apps", {"displayName": "b", "settings": {"conversationRetentionSeconds": 5}}
        )
        server.app_id = made["app"]["id"]
        assert await kept() == (5, start + 200)

    tell(story)


def test_service_accounts_are_nobodys_here(account: Caller) -> None:
    answer = account.get("/v2/apps?filter[serviceAccountId]=svc_1")
    assert (answer.status, answer.codes) == (403, ["forbidden"])
    assert answer.titles == ["The serviceAccountId provided does not match supplied credentials"]
    assert account.get("/v2/apps?filter[name]=x").status == 400


def test_a_deleted_app_is_gone_at_once_with_its_keys(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        app = f"/v2/apps/{server.app_id}"
        integration = (await server.done("POST", f"{app}/integrations", CUSTOM))["integration"]["id"]
        keys = [
            basic((await server.done("POST", path, {"displayName": "k"}))["key"])
            for path in (f"{app}/keys", f"{app}/integrations/{integration}/keys")
        ]
        for key in keys:
            assert (await server.ask("GET", f"{app}/users/nobody", authorization=key))[0] == 404
        assert await server.done("DELETE", app) == {}
        for method, path, body in (
            ("GET", app, None),
            ("PATCH", app, {}),
            ("DELETE", app, None),
            ("GET", f"{app}/keys", None),
            ("POST", f"{app}/keys", {"displayName": "k"}),
            ("POST", f"{app}/users", {"externalId": "ada"}),
            ("GET", f"{app}/integrations", None),
        ):
            status, answer = await server.ask(method, path, body)
            assert (status, [each["code"] for each in answer["errors"]]) == GONE, (method, path)
        assert (await server.done("GET", "/v2/apps"))["apps"] == []
        server.clock.seconds += 1  # for so long it is remembered what a key is allowed
        for key in keys:
            assert (await server.ask("GET", f"{app}/users/nobody", authorization=key))[0] == 401

    tell(story)


def basic(key: dict[str, Any]) -> str:
    return "Basic " + base64.b64encode(f"{key['id']}:{key['secret']}".encode()).decode()


CUSTOM = {"type": "custom", "webhooks": [{"target": "https://example.org", "triggers": ["conversation:message"]}]}
OF_APPS = (
    *("api_key", "app_user", "conversation", "participant", "message", "attachment", "attachment_use", "integration"),
    *("webhook", "switchboard", "switchboard_integration", "client", "client_association", "device"),
    *("event", "webhook_trigger", "delivery", "arrival", "tally", "answered"),
    *("erasure", "participant_left"),
)
WORK = (
    *("app_gone", "webhook_gone", "integration_gone", "conversation_gone", "author_gone", "conversation_to_sweep"),
    "media_to_remove",
)


async def full(server: Inside, name: str) -> str:
    """A new app with something in every table."""
    app = (await server.done("POST", "/v2/apps", {"displayName": name}))["app"]["id"]
    path = f"/v2/apps/{app}"
    await server.done("POST", f"{path}/keys", {"displayName": "key"})
    user = (await server.done("POST", f"{path}/users", {"externalId": "ada"}))["user"]["id"]
    integration = (await server.done("POST", f"{path}/integrations", CUSTOM))["integration"]["id"]
    await server.done("POST", f"{path}/integrations/{integration}/keys", {"displayName": "key"})
    take_part = [{"userId": user, "subscribeSDKClient": True}]
    body = {"type": "sdkGroup", "participants": take_part}
    conversation = (await server.done("POST", f"{path}/conversations", body))["conversation"]["id"]
    for _ in range(3):
        await server.say(f"{path}/conversations/{conversation}/messages")
    database = server.engines.database
    await server.engines.tally.flush()
    switchboard = (await server.done("POST", f"{path}/switchboards"))["switchboard"]["id"]
    member = {"name": "bot", "integrationId": integration}
    await server.done("POST", f"{path}/switchboards/{switchboard}/switchboardIntegrations", member)
    for number in range(3):
        id = f"{name:0>24}{number}"
        part = await server.engines.media.receive(id)
        await part.write(b"png")
        await part.seal()
        write = rows.attachments.create(id, app, "", "a.png", "image/png", 3, 0, for_message=False)
        await database.write(write)
        await part.keep()
    shown = rows.attachments.create(f"{name:0>24}s", app, "", "a.png", "image/png", 3, 0, for_message=True)
    await database.write(
        shown._replace(steps=(*shown.steps, *USED), values={**shown.values, "user": user, "empty": b"{}"})
    )
    return str(app)


USED = (
    Step(
        "insert into attachment_use (app_id, conversation_id, message_id, attachment_id) values (:app, 'c', 'm', :id)"
    ),
    Step("insert into device (app_id, user_id, id, last_seen_at, body) values (:app, :user, 'd', 0, :empty)"),
    Step("""
    insert into arrival (app_id, webhook_id, position, attempts, arrived_at, answer)
    values (:app, 'w', 1, 1, 1, :empty)"""),
    Step("""
    insert into answered (owner, idempotency_key, fingerprint, status, body, expires_at, app_id)
    values ('k', :id, '', 200, :empty, 9007199254740991, :app)"""),
    Step("""
    insert into erasure (app_id, conversation_id, user_id, message_id, kind, swept_id, due_at)
    values (:app, 'c', '', '', 'conversation', '', 9007199254740991)"""),
    Step("insert into participant_left (app_id, user_id, conversation_id) values (:app, :user, 'c')"),
)


async def kept(server: Inside, attachment: str) -> bytes:
    return b"".join([piece async for piece in server.engines.media.read(attachment, 0, 3)])


async def counts(server: Inside, app: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for table in OF_APPS:
        sql = f"select count(*) from {table} where app_id = :app"
        row = await server.engines.database.read_one(sql, {"app": app})
        assert row is not None
        found[table] = row[0]
    return found


@pytest.mark.parametrize("several", [1, 500])
def test_nothing_of_a_deleted_app_is_left_and_nothing_of_another_is_gone(
    tell: Tell, several: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows.apps.sweeps, "__defaults__", (several,))

    async def story(server: Inside) -> None:
        mine, other = await full(server, "mine"), await full(server, "other")
        before = await counts(server, other)
        assert set(before.values()) & {0} == set(), before
        await server.done("DELETE", f"/v2/apps/{mine}")
        assert (await counts(server, mine))["api_key"] == 0
        assert (await counts(server, mine))["message"] == 3
        await server.afterwards()
        assert set((await counts(server, mine)).values()) == {0}
        assert await counts(server, other) == before
        lines = (await server.done("GET", f"/parhelion/v1/audit?filter[app]={mine}"))["lines"]
        assert lines[-1]["operation"] == "DeleteApp"
        assert [await server.count(table) for table in WORK] == [0] * len(WORK)
        for number in range(3):
            assert await kept(server, f"{'other':0>24}{number}") == b"png"
            with pytest.raises(FileNotFoundError):
                await kept(server, f"{'mine':0>24}{number}")

    tell(story)


@pytest.mark.embedded
def test_every_table_that_knows_an_app_is_tried_here(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        tables = await server.engines.database.read_all("select name, sql from sqlite_master where type = 'table'", {})
        of_apps = {name for name, sql in tables if " app_id " in sql}
        # A code on its way to a partner is good for minutes, and for nothing once the app is gone. Who deleted an app
        # stays to be read.
        assert of_apps - {"oauth_code", "audit"} - OWN == {*OF_APPS, *WORK} - {"media_to_remove"}

    tell(story)


def test_nothing_can_be_put_into_an_app_that_is_gone(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        app, database = server.app_id, server.engines.database
        await server.done("DELETE", f"/v2/apps/{app}")
        for write in (
            rows.app_keys.create("app_1", app, "late", 0),
            rows.integrations.create(app, "i", "web", b"{}", ""),
            rows.integrations.create_custom(app, "i", b"{}", "w", b"{}", ["user:remove"]),
            rows.webhooks.create(app, "i", "w", b"{}", ["user:remove"]),
            rows.integration_keys.create("int_1", app, "i", "late", 0),
            rows.attachments.create("a", app, "", "a.png", "image/png", 3, 0, for_message=False),
            rows.users.create(app, "u", None, "", "", b"{}"),
        ):
            with pytest.raises(Refused):
                await database.write(write)
        assert set((await counts(server, app)).values()) == {0}

    tell(story)


def test_an_integration_that_waits_to_be_swept_with_its_app_gets_no_key(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        app, database = server.app_id, server.engines.database
        await database.write(rows.integrations.create_custom(app, "i", b"{}", "w", b"{}", ["user:remove"]))
        await server.done("DELETE", f"/v2/apps/{app}")
        with pytest.raises(Refused):
            await database.write(rows.integration_keys.create("int_1", app, "i", "late", 0))

    tell(story)


def test_a_sweep_that_was_cut_off_goes_on_after_the_next_start(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock()
        async with inside(tmp_path / "data", clock) as server:
            app = await full(server, "mine")
            await server.done("DELETE", f"/v2/apps/{app}")
            await server.engines.database.write(rows.apps.sweeps(app, 1)[0])
        clock.seconds += 10
        async with inside(tmp_path / "data", clock) as server:
            assert (await counts(server, app))["message"] == 3
            await server.afterwards()
            assert set((await counts(server, app)).values()) == {0}

    asyncio.run(story())

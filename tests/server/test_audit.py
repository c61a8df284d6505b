"""Every change leaves its line, nothing else does, and a foreign hand in the tables is found."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from parhelion.server import rows
from parhelion.server.commands import audit
from parhelion.server.dispatch.sealing import DAY, SEVERAL, Sealing
from parhelion.server.ports import Database, Step, Write
from parhelion.server.rules.whence import network
from tests.everything import TABLE, Things, request
from tests.inside import Clock, Inside, engines, inside
from tests.live import Answer, Caller
from tests.server.asking import app_key, integration_key, send
from tests.server.test_authorization import prepare

# What each operation leaves when an account's key asks: its object, by the names of tests/everything; * is an id that
# was made just now. Nothing, where it changes nothing.
LEAVES = """
CreateApp                      changed  app/*
ListApps
GetApp
UpdateApp                      changed  app/appId
DeleteApp                      changed  app/appId
CreateAppKey                   changed  key/*
ListAppKeys                    shown    app/appId
GetAppKey                      shown    key/keyId
DeleteAppKey                   changed  key/keyId
SearchMessages
ExportApp
UploadAttachment               changed  attachment/*
DeleteAttachment               changed  attachment/*
CreateConversation             changed  conversation/*
ListConversations
GetConversation
UpdateConversation             changed  conversation/conversationId
DeleteConversation             changed  conversation/conversationId
DownloadMessageRef
PostConversionEvents
JoinConversation               changed  conversation/conversationId/participant/*
ListParticipants
LeaveConversation              changed  conversation/conversationId/participant/participantId
PostMessage                    changed  conversation/conversationId/message/*
ListMessages
DeleteAllMessages              changed  conversation/conversationId
DeleteMessage                  changed  conversation/conversationId/message/messageId
PostActivity                   changed  conversation/conversationId
PostPostback                   changed  conversation/conversationId/message/messageId
PassControl                    changed  conversation/conversationId
ReleaseControl                 changed  conversation/conversationId
OfferControl                   changed  conversation/conversationId
AcceptControl                  changed  conversation/conversationId
CreateIntegration              changed  integration/*
ListIntegrations               shown    app/appId
GetIntegration                 shown    integration/integrationId
UpdateIntegration              changed  integration/integrationId
DeleteIntegration              changed  integration/integrationId
CreateCustomIntegrationKey     changed  key/*
ListCustomIntegrationKeys      shown    integration/integrationId
GetCustomIntegrationKey        shown    key/integrationKeyId
DeleteCustomIntegrationKey     changed  key/integrationKeyId
CreateWebhook                  changed  webhook/*
ListWebhooks                   shown    integration/integrationId
GetWebhook                     shown    webhook/webhookId
UpdateWebhook                  changed  webhook/webhookId
DeleteWebhook                  changed  webhook/webhookId
ListDeliveries
GetDelivery
ReplayDelivery                 changed  webhook/webhookId/event/eventId
ReplayDeliveries               changed  webhook/webhookId
SendTestEvent                  changed  webhook/webhookId/event/*
ListAppConversations
GetStatistics
ListAuditLines
ListenEvents
CreateSwitchboard              changed  switchboard/*
ListSwitchboards
UpdateSwitchboard              changed  switchboard/switchboardId
DeleteSwitchboard              changed  switchboard/switchboardId
CreateSwitchboardIntegration   changed  switchboard/switchboardId/switchboardIntegration/*
ListSwitchboardIntegrations
UpdateSwitchboardIntegration   changed  switchboard/switchboardId/switchboardIntegration/switchboardIntegrationId
DeleteSwitchboardIntegration   changed  switchboard/switchboardId/switchboardIntegration/switchboardIntegrationId
CreateUser                     changed  user/*
ListUsers
GetUser
UpdateUser                     changed  user/userId
DeleteUser                     changed  user/userId
DeleteUserPersonalInformation  changed  user/userId
SyncUser
CreateClient                   changed  user/userId/client/*
ListClients
RemoveClient                   changed  user/userId/client/clientId
ListDevices
GetDevice
GetTokenInfo
Authorize
GetToken
RevokeAccess                   changed  integration/integrationId
"""
LINES = {name: said for name, *said in (line.split() for line in LEAVES.strip().splitlines())}
OF_INTEGRATIONS = ("GetTokenInfo", "RevokeAccess")
AUDIT = "/parhelion/v1/audit"


def lines(caller: Caller, after: str = "") -> list[dict[str, Any]]:
    """Those since one, oldest first; without one the newest."""
    query = f"page[size]=100&page[after]={after}" if after else "page[size]=100"
    answer = caller.get(f"{AUDIT}?{query}")
    assert answer.status == 200, answer
    found: list[dict[str, Any]] = answer.json["lines"]
    return found


def last(account: Caller) -> str:
    return str(lines(account)[-1]["id"])


def test_every_operation_has_its_line() -> None:
    assert set(LINES) == set(TABLE)


@pytest.mark.parametrize("name", LINES)
def test_what_an_operation_leaves(name: str, account: Caller, make: Callable[[], Things], ours: Things) -> None:
    things = make() if LINES[name][:1] == ["changed"] else ours
    if TABLE[name].method == "DELETE" and "userIdOrExternalId" in things:
        things = things | {"userIdOrExternalId": things["externalId"]}  # by which nobody is named in the log
    prepare(name, account, things)
    caller = integration_key(account, things) if name in OF_INTEGRATIONS else account
    before = last(account)
    answer = send(caller, *request(name, things), **{"x-request-id": f"it-is-{name}"})
    left = lines(account, before)
    if not LINES[name]:
        assert left == []
        return
    assert answer.status < 300
    outcome, object = LINES[name]
    [line] = left
    parts = [re.escape(things.get(part, part)) if part != "*" else "[0-9A-Za-z_-]{20,28}" for part in object.split("/")]
    assert re.fullmatch("/".join(parts), line["object"]), line
    app = line["object"][4:] if name == "CreateApp" else things["appId"]
    scope = "integration" if caller is not account else "account"
    assert line == {
        "id": line["id"],
        "at": line["at"],
        "appId": app,
        "key": caller.key_id,
        "scope": scope,
        "operation": name,
        "object": line["object"],
        "outcome": outcome,
        "address": "127.0.0.1",
        "request": f"it-is-{name}",
    }


def test_what_is_refused_leaves_nothing(account: Caller, ours: Things, theirs: Things) -> None:
    before = last(account)
    refused: list[Answer] = []
    here = f"/v2/apps/{ours['appId']}"
    refused.append(account.post(f"{here}/users", {"externalId": ours["externalId"]}))
    refused.append(account.post(f"{here}/conversations/{ours['conversationId']}/messages", {"author": {}}))
    refused.append(account.delete(f"{here}/conversations/{'0' * 24}"))
    refused.append(account.delete(f"{here}/conversations/{ours['defaultConversationId']}"))
    refused.append(app_key(account, theirs).delete(f"{here}/users/{ours['userId']}"))
    refused.append(app_key(account, ours).post("/v2/apps", {"displayName": "mine"}))
    refused.append(integration_key(account, ours).get(f"{here}/keys"))
    refused.append(account.get(f"{here}/keys/{'0' * 24}"))
    refused.append(send(account, "DELETE", here, None, authorization=None))
    assert {each.status // 100 for each in refused} == {4}, refused
    assert lines(account, before) == []


def test_a_request_that_is_said_twice_leaves_one_line_and_one_more_where_a_secret_is_shown_again(
    account: Caller, ours: Things
) -> None:
    here = f"/v2/apps/{ours['appId']}"
    asked = ((f"{here}/conversations", {"type": "sdkGroup"}), (f"{here}/keys", {"displayName": "twice"}))
    for (path, body), expected in zip(asked, (["changed"], ["changed", "shown"]), strict=True):
        before = last(account)
        one, two = (account.post(path, body, **{"idempotency-key": path}) for _ in range(2))
        assert one.json == two.json
        assert [line["outcome"] for line in lines(account, before)] == expected


def test_nothing_that_was_said_is_in_it_and_no_secret(account: Caller, make: Callable[[], Things]) -> None:
    things = make()
    here = f"/v2/apps/{things['appId']}"
    who = things["externalId"]
    account.send("PATCH", f"{here}/users/{who}", {"profile": {"surname": "Lovelace"}, "metadata": {"plan": "gold"}})
    account.delete(f"{here}/users/{who}")
    account.get(f"{here}/keys")
    account.get(f"{here}/integrations")
    account.delete(here)
    found = json.dumps([line for line in lines(account) if line.get("appId") == things["appId"]])
    assert things["userId"] in found
    said = ("Ada", "ada@", "Lovelace", "gold", "Choose", "yes", "12125552368", "token", "hook", "everything", who)
    secrets = (things["secret"], things["integrationSecret"], things["mediaUrl"].split("/")[-2])
    for each in (*said, *secrets):
        assert each not in found, each


def test_the_lines_of_an_app_outlive_it_and_an_apps_key_sees_its_own(
    account: Caller, make: Callable[[], Things], ours: Things
) -> None:
    gone, mine = make(), app_key(account, ours)
    account.delete(f"/v2/apps/{gone['appId']}")
    left = account.get(f"{AUDIT}?filter[app]={gone['appId']}").json["lines"]
    assert (left[-1]["operation"], left[-1]["object"]) == ("DeleteApp", f"app/{gone['appId']}")
    assert {line["appId"] for line in lines(mine)} == {ours["appId"]}
    assert mine.get(f"{AUDIT}?filter[app]={ours['appId']}").status == 200
    assert mine.get(f"{AUDIT}?filter[app]={gone['appId']}").status == 403
    assert integration_key(account, ours).get(AUDIT).status == 403


Story = Callable[[Inside], Awaitable[None]]


def tell(story: Story, data: Path, clock: Clock | None = None) -> None:
    async def told() -> None:
        async with inside(data, clock) as server:
            await story(server)

    asyncio.run(told())


def test_it_is_filtered_and_paged_newest_first(tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        async def ask(**filter: str) -> list[dict[str, Any]]:
            query = "&".join(f"filter[{name}]={said}" for name, said in filter.items())
            found: list[dict[str, Any]] = (await server.done("GET", f"{AUDIT}?page[size]=100&{query}"))["lines"]
            return found

        talk = await server.conversation()
        other = await server.conversation()
        server.clock.seconds += 60
        ids = [await server.say(talk) for _ in range(30)]
        await server.say(other)
        met: list[str] = []
        path = f"{AUDIT}?page[size]=7&filter[operation]=PostMessage"
        while path:
            page = await server.done("GET", path)
            met += reversed([line["object"].rpartition("/")[2] for line in page["lines"]])
            path = page["links"]["prev"].partition("inside")[2] if page["meta"]["hasMore"] else ""
        assert met[1:] == ids[::-1]
        conversation = talk.split("/")[-2]
        assert len(await ask(object=f"conversation/{conversation}")) == 31  # and what belongs to it
        assert await ask(object=f"conversation/{conversation[:-1]}") == []
        assert [line["object"] for line in await ask(object=f"conversation/{conversation}/message/{ids[3]}")] == [
            f"conversation/{conversation}/message/{ids[3]}"
        ]
        assert [line["operation"] for line in await ask(key="operator")] == ["account key"]
        assert await ask(operation="DeleteUser") == await ask(app="nothing") == []
        since = {line["operation"] for line in await ask(since="2023-11-14T22:14:00Z")}
        until = {line["operation"] for line in await ask(until="2023-11-14T22:14:00Z")}
        assert (since, until) == ({"PostMessage"}, {"account key", "CreateApp", "CreateConversation"})
        for wrong in (
            "filter[since]=yesterday",
            "page[after]=xxxxxxxxxxxxxxxxxxxxxxxx",
            "filter[app]=",
            "filter[what]=x",
        ):
            status, _ = await server.ask("GET", f"{AUDIT}?{wrong}")
            assert status == 400, wrong

    tell(story, tmp_path)


# -- seals --------------------------------------------------------------------------------------------------------


def sealing(server: Inside, days: int = 0) -> Sealing:
    return Sealing(server.engines.database, server.engines.vault, server.clock, days)


async def verify(server: Inside, head: str | None = None) -> list[str]:
    chain = await audit.verify(server.engines.database, server.engines.vault, head)
    return [each.place for each in chain.breaks]


async def filled(server: Inside, several: int = 3) -> None:
    """So many seals, each of three posts or more."""
    talk = await server.conversation()
    for _ in range(several):
        for _ in range(3):
            await server.say(talk)
        await sealing(server).once()
    await server.say(talk)


async def foreign(database: Database, *statements: str) -> None:
    """A hand that has the database and not the key."""
    await database.write(Write("foreign", tuple(map(Step, statements)), {"nothing": b""}))


LAST = "(select max(number) from audit_seal)"
FIELDS = "at, app_id, key_id, scope, operation, object, outcome, address, request"
HANDS: dict[str, tuple[list[str], str]] = {
    "alters who": (["update audit set key_id = 'nobody' where position = 3"], "line 3"),
    "alters when": (["update audit set at = at + 1 where position = 4"], "line 4"),
    "alters what is not sealed": (["update audit set object = 'app/x' where position = 13"], "line 13"),
    "takes a line away": (["delete from audit where position = 5"], "line 5"),
    "takes the first away": (["delete from audit where position = 1"], "line 1"),
    "puts a line in": (
        [f"insert into audit (position, {FIELDS}, mark) select 100, {FIELDS}, :nothing from audit where position = 4"],
        "line 100",
    ),
    "swaps two lines": (
        ["update audit set position = -1 where position = 4", "update audit set position = 4 where position = 5",
         "update audit set position = 5 where position = -1"],
        "seal 1",
    ),
    "alters a seal": (["update audit_seal set at = at + 1 where number = 2"], "seal 2"),
    "takes a seal away": (["delete from audit_seal where number = 2"], "seal 2"),
    "takes the first seal away": (["delete from audit_seal where number = 1"], "seal 1"),
    "takes the first seal and its lines away": (
        ["delete from audit where position <= (select last from audit_seal where number = 1)",
         "delete from audit_seal where number = 1"],
        "seal 1",
    ),
    "swaps two seals": (
        ["update audit_seal set number = -1 where number = 1", "update audit_seal set number = 1 where number = 2",
         "update audit_seal set number = 2 where number = -1"],
        "line 1",
    ),
    "says that what came before is kept no longer": (["update audit_seal set anchor = mac where number = 1"], "seal 1"),
}  # fmt: skip


@pytest.mark.parametrize("hand", HANDS)
def test_a_hand_in_the_tables_is_found(hand: str, tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        await filled(server)
        assert await verify(server) == []
        statements, place = HANDS[hand]
        await foreign(server.engines.database, *statements)
        assert (await verify(server))[0] == place
        await sealing(server).once()  # and what is sealed later does not hide it
        assert place in await verify(server)

    tell(story, tmp_path)


def test_an_end_that_was_cut_off_is_found_by_a_head_and_a_later_head_is_met(tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        await filled(server)
        newest = await rows.audit.newest(server.engines.database)
        assert newest is not None
        assert await verify(server, newest.head) == []
        await foreign(
            server.engines.database,
            f"delete from audit where position > (select last from audit_seal where number = {LAST} - 1)",
            f"delete from audit_seal where number = {LAST}",
        )
        assert await verify(server) == []  # nothing here can tell
        assert await verify(server, newest.head) == [f"head {newest.head}"]
        await server.conversation()
        await sealing(server).once()
        assert await verify(server) == []
        assert await verify(server, newest.head) == [f"head {newest.head}"]

    tell(story, tmp_path)


def test_what_a_crash_leaves_unsealed_is_sealed_at_the_next_start(tmp_path: Path) -> None:
    async def first() -> None:
        async with inside(tmp_path) as server:
            await filled(server)

    async def then() -> None:
        async with engines(tmp_path) as opened:
            assert (await audit.verify(opened.database, opened.vault)).unsealed == 1
            await Sealing(opened.database, opened.vault, opened.clock).once()
            chain = await audit.verify(opened.database, opened.vault)
            assert (chain.unsealed, chain.lines, chain.breaks) == (0, 13, [])

    asyncio.run(first())
    asyncio.run(then())


def test_many_lines_are_sealed_by_several_at_once_while_others_write(tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        talk = await server.conversation()
        async with engines(tmp_path) as beside:
            workers = [sealing(server), *(Sealing(beside.database, beside.vault, server.clock) for _ in range(2))]
            for _ in range(6):
                posts = [server.say(talk) for _ in range(SEVERAL // 3)]
                await asyncio.gather(*posts, *(each.once() for each in workers))
            await asyncio.gather(*(each.once() for each in workers))
            chain = await audit.verify(beside.database, beside.vault)
        assert (chain.breaks, chain.unsealed) == ([], 0)
        assert chain.lines == await server.count("audit") == 3 + 6 * (SEVERAL // 3)

    tell(story, tmp_path)


def test_what_is_old_goes_and_the_rest_still_holds_together(tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        await filled(server, 2)
        await sealing(server).once()  # three seals
        old = await rows.audit.newest(server.engines.database)
        server.clock.seconds += 10 * DAY
        await filled(server, 2)
        await sealing(server, days=11).once()
        assert await server.count("audit_seal") == 6
        await sealing(server, days=10).once()
        assert await server.count("audit_seal") == 6  # not older than that yet
        server.clock.seconds += 1
        await asyncio.gather(*(sealing(server, days=10).once() for _ in range(3)))
        [anchor, *left] = await rows.audit.seals(server.engines.database, 0, 9)
        assert old is not None
        assert (anchor.number, len(left), [bool(each.anchor) for each in left]) == (old.number, 3, [False] * 3)
        assert await server.count("audit") == 8
        assert await verify(server) == []
        assert await verify(server, left[0].head) == []
        assert await verify(server, anchor.head) == []
        assert len(await verify(server, f"1:{'0' * 32}")) == 1  # older than what is kept
        server.clock.seconds += 20 * DAY
        await sealing(server, days=10).once()
        assert (await server.count("audit"), await server.count("audit_seal")) == (0, 1)
        assert await verify(server) == []
        await filled(server, 1)
        assert await verify(server) == []
        await foreign(server.engines.database, "delete from audit_seal where anchor <> :nothing")
        assert len(await verify(server)) == 1

    tell(story, tmp_path)


def test_of_whom_an_address_is_believed(tmp_path: Path) -> None:
    from parhelion.server.commands import handlers
    from parhelion.server.http import Application

    async def story(server: Inside) -> None:
        async def noted(*forwarded: str) -> str | None:
            """As it is written down for a request with these headers, from 10.0.0.1."""
            body = b'{"type":"sdkGroup"}'
            headers = [
                ("host", "inside"),
                ("authorization", server.authorization),
                ("content-type", "application/json"),
            ]
            headers += [("content-length", str(len(body))), *(("x-forwarded-for", each) for each in forwarded)]
            status: list[int] = []

            async def receive() -> dict[str, Any]:
                return {"type": "http.request", "body": body, "more_body": False}

            async def send(message: Any) -> None:
                status.append(message.get("status", 0))

            scope = {
                "type": "http",
                "method": "POST",
                "scheme": "http",
                "client": ("10.0.0.1", 4711),
                "raw_path": f"/v2/apps/{server.app_id}/conversations".encode(),
                "query_string": b"",
                "headers": [(name.encode(), said.encode()) for name, said in headers],
            }
            await server.application(scope, receive, send)
            assert status[0] == 201
            [line] = (await server.done("GET", f"{AUDIT}?page[size]=1"))["lines"]
            return str(line["address"])

        assert await noted("203.0.113.9") == "10.0.0.1"  # anybody can say that
        server.application = Application(handlers, server.engines, proxies=[network("10.0.0.0/8")])
        assert await noted() == "10.0.0.1"
        assert await noted("203.0.113.9") == "203.0.113.9"
        assert await noted("6.6.6.6, 203.0.113.9") == "203.0.113.9"  # the first word is the client's own
        assert await noted("6.6.6.6", "203.0.113.9, 10.1.1.1") == "203.0.113.9"
        assert await noted("<script>, ada@example.org") == "10.0.0.1"

    tell(story, tmp_path)

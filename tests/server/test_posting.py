"""What a post moves besides the history: what its author has read, and who has control."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from parhelion.server.ports import Step, Value, Write
from tests.inside import Inside, inside
from tests.live import Answer, Caller

Tell = Callable[[Callable[[Inside], Coroutine[Any, Any, None]]], None]


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    """Runs a story inside a fresh application."""

    def run(story: Callable[[Inside], Coroutine[Any, Any, None]]) -> None:
        async def whole() -> None:
            async with inside(tmp_path / "data") as server:
                await story(server)

        asyncio.run(whole())

    return run


def says(app: Caller, conversation: str, user: str, text: str = "hello") -> Answer:
    body = {"author": {"type": "user", "userId": user}, "content": {"type": "text", "text": text}}
    return app.post(app.messages(conversation), body)


def participants(app: Caller, conversation: str) -> dict[str, Any]:
    found = app.get(f"{app.app}/conversations/{conversation}/participants").json["participants"]
    return {each["userId"]: each for each in found}


def unread(app: Caller, conversation: str) -> dict[str, int]:
    return {user: each["unreadCount"] for user, each in participants(app, conversation).items()}


def test_who_speaks_has_read_what_was_said_before(app: Caller) -> None:
    ada, bob = app.user(), app.user()
    place = app.conversation(ada, bob)
    app.say(place)
    app.say(place)
    assert unread(app, place) == {ada: 2, bob: 2}
    assert all("lastRead" not in each for each in participants(app, place).values())
    [said] = says(app, place, ada).json["messages"]
    assert unread(app, place) == {ada: 0, bob: 3}
    found = participants(app, place)
    assert found[ada]["lastRead"] == said["received"]
    assert "lastRead" not in found[bob]
    app.say(place)
    assert unread(app, place) == {ada: 1, bob: 4}
    says(app, place, bob)
    assert unread(app, place) == {ada: 2, bob: 0}


def test_what_is_deleted_is_not_unread(app: Caller) -> None:
    ada = app.user()
    place = app.conversation(ada)
    says(app, place, ada)
    gone = app.say(place)
    app.say(place)
    app.delete(f"{app.messages(place)}/{gone['id']}")
    assert unread(app, place) == {ada: 1}
    app.delete(app.messages(place))
    assert unread(app, place) == {ada: 0}


def test_the_mark_of_one_conversation_is_not_moved_in_another(account: Caller) -> None:
    made = account.post("/v2/apps", {"displayName": "test", "settings": {"multiConvoEnabled": True}}).json["app"]["id"]
    app = Caller(account.url, account.key_id, account.secret, made)
    ada = app.user()
    here, there = app.conversation(ada), app.conversation(ada)
    app.say(here)
    app.say(there)
    says(app, here, ada)
    assert (unread(app, here), unread(app, there)) == ({ada: 0}, {ada: 1})


def test_a_refused_post_moves_no_mark(app: Caller) -> None:
    ada, bob = app.user(), app.user()
    place = app.conversation(ada)
    app.say(place)
    assert says(app, place, ada, "x" * 4097).status == 400
    assert says(app, place, bob).status == 400
    assert says(app, place, "0" * 24).codes == ["user_not_found"]
    assert says(app, "0" * 24, ada).codes == ["conversation_not_found"]
    assert unread(app, place) == {ada: 1}


def test_who_has_left_says_nothing_more(app: Caller) -> None:
    """Also when they leave at that moment: the posts before it are there, the ones after it are refused."""
    ada, bob = app.user(), app.user()
    place = app.conversation(ada, bob)

    def one(number: int) -> tuple[int, int]:
        if number == 40:
            left = app.post(f"{app.app}/conversations/{place}/leave", {"userId": ada})
            assert left.status == 200, left
        return number, says(app, place, ada if number % 2 == 0 else bob).status

    with ThreadPoolExecutor(8) as together:
        answers = dict(together.map(one, range(80)))
    assert {answers[number] for number in range(1, 80, 2)} == {201}
    assert {answers[number] for number in range(0, 80, 2)} <= {201, 400}
    assert answers[40] == 400
    listed = app.get(app.messages(place)).json["messages"]
    assert len(listed) == sum(status == 201 for status in answers.values())
    assert says(app, place, ada).titles == ["author: the user is not a participant of the conversation"]


def test_a_user_is_told_that_they_do_not_take_part_before_that_it_is_full(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        user = (await server.done("POST", f"/v2/apps/{server.app_id}/users", {}))["user"]["id"]
        messages = await server.conversation()
        await change(server, "update conversation set message_count = 30000 where app_id = :app")
        body = {"author": {"type": "user", "userId": user}, "content": {"type": "text", "text": "hello"}}
        assert (await server.ask("POST", messages, body))[0] == 400
        await server.done("POST", messages.replace("/messages", "/join"), {"userId": user})
        assert (await server.ask("POST", messages, body))[0] == 423
        people = await server.done("GET", messages.replace("/messages", "/participants"))
        assert "lastRead" not in people["participants"][0]

    tell(story)


async def change(server: Inside, sql: str, **values: Value) -> None:
    await server.engines.database.write(Write("any", (Step(sql),), {"app": server.app_id, **values}))


async def switchboard(server: Inside, *, enabled: bool = True, default: str = "one") -> None:
    """An app's switchboard, as rows keep it."""
    await change(
        server,
        "insert into switchboard (app_id, id, enabled, default_id) values (:app, 'board', :enabled, :default)",
        enabled=int(enabled),
        default=default,
    )
    for name in ("one", "two"):
        await change(
            server,
            """insert into switchboard_integration
                (app_id, id, switchboard_id, name, integration_id, integration_type, next_id, body)
            values (:app, :id, 'board', :id, '', 'custom', '', :body)""",
            id=name,
            body=b"{}",
        )


async def in_control(server: Inside, messages: str) -> str | None:
    found = (await server.done("GET", messages.removesuffix("/messages")))["conversation"]
    active = found.get("activeSwitchboardIntegration")
    return None if active is None else str(active["id"])


async def kept(server: Inside) -> set[str]:
    rows = await server.engines.database.read_all("select active_id from conversation", {})
    return {row[0] for row in rows}


def test_a_conversation_that_is_older_than_the_switchboard_gets_its_default_with_the_next_message(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        older, other = await server.conversation(), await server.conversation()
        await server.say(older)
        await switchboard(server)
        assert await in_control(server, older) is None
        await server.say(older)
        assert await in_control(server, older) == "one"
        assert await in_control(server, other) is None

    tell(story)


def test_a_users_message_brings_control_too(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        user = (await server.done("POST", f"/v2/apps/{server.app_id}/users", {}))["user"]["id"]
        messages = await server.conversation()
        await server.done("POST", messages.replace("/messages", "/join"), {"userId": user})
        await switchboard(server)
        author = {"type": "user", "userId": user}
        await server.done("POST", messages, {"author": author, "content": {"type": "text", "text": "hello"}})
        assert await in_control(server, messages) == "one"

    tell(story)


def test_who_has_control_keeps_it_when_something_is_said(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        messages = await server.conversation()
        await switchboard(server)
        await change(server, "update conversation set active_id = 'two' where app_id = :app")
        await server.say(messages)
        assert await in_control(server, messages) == "two"

    tell(story)


def test_control_goes_to_the_default_when_who_had_it_is_gone(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        messages = await server.conversation()
        await switchboard(server)
        await change(server, "update conversation set active_id = 'two' where app_id = :app")
        await change(server, "delete from switchboard_integration where app_id = :app and id = 'two'")
        assert await in_control(server, messages) is None
        await server.say(messages)
        assert await in_control(server, messages) == "one"

    tell(story)


@pytest.mark.parametrize("how", [{"enabled": False}, {"default": ""}], ids=str)
def test_without_an_enabled_switchboard_or_a_default_nobody_gets_control(tell: Tell, how: dict[str, Any]) -> None:
    async def story(server: Inside) -> None:
        messages = await server.conversation()
        await switchboard(server, **how)
        await server.say(messages)
        assert await kept(server) == {""}

    tell(story)


def test_another_apps_switchboard_is_none(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        mine = server.app_id
        messages = await server.conversation()
        await switchboard(server)
        server.app_id = (await server.done("POST", "/v2/apps", {"displayName": "other"}))["app"]["id"]
        elsewhere = await server.conversation()
        await change(
            server, "update conversation set active_id = 'one' where app_id = :app"
        )  # an id of the first app's
        await server.say(elsewhere)
        assert await kept(server) == {""}
        server.app_id = mine
        await server.say(messages)
        assert await kept(server) == {"", "one"}

    tell(story)

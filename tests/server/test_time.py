"""What depends on time, on a clock that the test holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import apsw
import pytest

from parhelion.server import rows
from parhelion.server.databases import sqlite
from parhelion.server.dispatch import afterwards
from tests.inside import Inside, inside

YEAR = 365 * 24 * 3600.0
HELLO = {"author": {"type": "business"}, "content": {"type": "text", "text": "hello"}}


@pytest.fixture
def tell(tmp_path: Path) -> Callable[[Callable[[Inside], Coroutine[Any, Any, None]]], None]:
    def run(story: Callable[[Inside], Coroutine[Any, Any, None]]) -> None:
        async def told() -> None:
            async with inside(tmp_path / "data") as server:
                await story(server)

        asyncio.run(told())

    return run


Tell = Callable[[Callable[[Inside], Coroutine[Any, Any, None]]], None]


def test_an_idempotency_key_is_honoured_for_24_hours(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        messages = await server.conversation()

        async def post() -> Any:
            return await server.done("POST", messages, HELLO, idempotency_key="k")

        first = await post()
        server.clock.seconds += 24 * 3600 - 1
        assert await post() == first
        await server.afterwards()
        assert await post() == first
        server.clock.seconds += 2
        second = await post()
        assert second != first, "not swept yet, and yet its time is up"
        server.clock.seconds += 24 * 3600 + 1
        await server.afterwards()
        assert await server.count("answered") == 0

    tell(story)


def test_a_key_that_is_taken_away_stops_working_within_a_second(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        path = f"/v2/apps/{server.app_id}"
        assert (await server.ask("GET", path))[0] == 200
        await server.engines.database.migrate([(10**6, "-- expand\ndelete from api_key;\n")])
        server.clock.seconds += 1
        assert (await server.ask("GET", path))[0] == 401

    tell(story)


def test_ids_rise_while_the_clock_stands_still_or_goes_back(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        messages = await server.conversation()
        ids = []
        for step in (0, 0, -3600, 0, 3600, -(10**6)):
            server.clock.seconds += step
            ids.append(await server.say(messages))
        assert ids == sorted(set(ids))

    tell(story)


def test_an_id_above_what_this_clock_would_give_is_passed_by(tell: Tell) -> None:
    """As after a node whose clock runs ahead."""

    async def story(server: Inside) -> None:
        messages = await server.conversation()
        conversation = messages.split("/")[-2]
        ahead = "e" * 12 + "0" * 12
        write = rows.messages.post(server.app_id, conversation, ahead, 0, b'{"id":"%b"}' % ahead.encode(), [])
        await server.engines.database.write(write)
        assert await server.say(messages) > ahead

    tell(story)


def test_a_clock_that_is_set_ahead_by_years_deletes_nothing_until_it_has_stayed_there_for_an_hour(
    tell: Tell, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(server: Inside) -> None:
        pulse = [0.0]
        engines = server.engines
        worker = afterwards.Afterwards(engines.database, engines.media, server.clock, pulse=lambda: pulse[0])
        body = {"settings": {"conversationRetentionSeconds": 1000}}
        await server.done("PATCH", f"/v2/apps/{server.app_id}", body)
        messages = await server.conversation()
        first = await server.done("POST", messages, HELLO, idempotency_key="k")

        async def later(seconds: float, ahead: float = 0.0) -> tuple[int, int]:
            """What is left when so much has passed, and the clock was set ahead by so much beside that."""
            pulse[0] += seconds
            server.clock.seconds += seconds + ahead
            await worker.once()
            return await server.count("message"), await server.count("answered")

        assert await later(60) == (1, 1)
        assert await later(60, 10 * YEAR) == (1, 1)
        assert await later(afterwards.BELIEVED - 1) == (1, 1)
        assert await later(60, -10 * YEAR) == (0, 1), "put right again: what is old is old, and the rest stays"
        again = await server.done("POST", messages, HELLO, idempotency_key="k")
        assert again == first
        last = await server.say(messages)
        assert last > first["messages"][0]["id"]
        assert await later(60, 10 * YEAR) == (1, 1)
        assert await later(afterwards.BELIEVED) == (0, 0), "it has stayed there, so it is the time"

    tell(story)
    assert sum("the clock was set" in record.getMessage() for record in caplog.records) == 2


def test_the_30001st_message_is_refused_until_there_is_room(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        messages = await server.conversation()
        conversation = messages.split("/")[-2]
        for _ in range(30):
            ids = [server.engines.ids.next() for _ in range(1000)]
            await asyncio.gather(
                *[
                    server.engines.database.write(
                        rows.messages.post(server.app_id, conversation, id, 0, b'{"id":"%b"}' % id.encode(), [])
                    )
                    for id in ids
                ]
            )
        status, answer = await server.ask("POST", messages, HELLO)
        assert status == 423
        assert answer == {"errors": [{"code": "locked", "title": "Message limit of 30000 per conversation reached."}]}
        await server.done("DELETE", f"{messages}/{ids[0]}")
        await server.say(messages)
        assert (await server.ask("POST", messages, HELLO))[0] == 423
        await server.done("DELETE", messages)
        await server.say(messages)
        await server.afterwards()
        assert await server.count("message") == 1

    tell(story)


def test_what_was_cleared_is_swept_after_a_crash_too(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        messages = await server.conversation()
        for _ in range(3):
            await server.say(messages)
        await server.done("DELETE", messages)  # and a crash before the sweep
        new = await server.say(messages)
        assert await server.count("message") == 4
        assert await server.walk(messages) == [new]
        await server.afterwards()
        assert await server.count("message") == 1
        assert await server.walk(messages) == [new]

    tell(story)


@pytest.mark.embedded
def test_a_store_that_somebody_else_holds_is_a_503_and_nothing_happens(
    tell: Tell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "PRAGMAS", ("busy_timeout=50", *sqlite.PRAGMAS[1:]))

    async def story(server: Inside) -> None:
        messages = await server.conversation()
        holder = apsw.Connection(str(tmp_path / "data" / "parhelion.db"))
        holder.execute("begin immediate").fetchall()
        answers = await asyncio.gather(*[server.ask("POST", messages, HELLO) for _ in range(5)])
        assert answers == [
            (503, {"errors": [{"code": "service_unavailable", "title": "Service unavailable"}]}),
        ] * len(answers)
        holder.execute("rollback").fetchall()
        holder.close()
        assert await server.walk(messages) == []
        await server.say(messages)

    tell(story)

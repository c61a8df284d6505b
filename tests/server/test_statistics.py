"""Statistics: what is counted, by whom, into which steps; that nothing is counted twice; and that it goes in time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from parhelion import Client, ClockMove, NotFound
from parhelion.server.dispatch.tallying import Tallying
from parhelion.server.ports import Overloaded, Step, Unavailable, Unknown, Write
from parhelion.server.rules import statistics
from parhelion.server.rules.rates import Rate, Rates
from tests.inside import Inside, engines, inside
from tests.live import Caller, Live
from tests.server.house import House
from tests.server.receiving import Office, Tell, tell_in

PERIODS = {"hour": (60, 60), "day": (96, 900), "week": (168, 3600)}


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    return partial(tell_in, tmp_path)


def told(folder: Path, story: Callable[[Inside], Awaitable[None]], **how: Any) -> None:
    async def run() -> None:
        async with inside(folder / "data", **how) as server, asyncio.timeout(60):
            await story(server)

    asyncio.run(run())


async def read(server: Inside, period: str = "hour", app: str = "") -> dict[str, Any]:
    await server.engines.tally.flush()
    path = f"/parhelion/v1/apps/{app or server.app_id}/statistics?period={period}"
    return dict((await server.done("GET", path))["statistics"])


def happened(statistics: dict[str, Any], name: str) -> dict[int, int]:
    """What is not nothing, by how many steps ago it was."""
    return {age: each[name] for age, each in enumerate(reversed(statistics["steps"])) if each.get(name)}


# -- what is counted --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("period", PERIODS)
def test_every_step_is_there_when_nothing_has_happened(tmp_path: Path, period: str) -> None:
    async def story(server: Inside) -> None:
        found = await read(server, period)
        several, seconds = PERIODS[period]
        assert (found["period"], found["stepSeconds"], len(found["steps"])) == (period, seconds, several)
        nothing = dict.fromkeys(("byBusiness", "byUsers", "arrived", "putOff", "givenUp", "refused"), 0)
        assert [{**each, "at": ""} for each in found["steps"]] == [{"at": "", **nothing}] * several
        at = [datetime.fromisoformat(each["at"]).timestamp() for each in found["steps"]]
        assert [b - a for a, b in pairwise(at)] == [seconds] * (several - 1)
        assert at[-1] <= server.clock() < at[-1] + seconds
        assert at[-1] % seconds == 0
        assert (found["now"], found["limits"]) == ({"pending": 0, "failed": 0}, {})

    told(tmp_path, story)


@pytest.mark.parametrize("period", PERIODS)
def test_a_message_is_in_the_step_it_was_said_in_and_leaves_with_it(tmp_path: Path, period: str) -> None:
    async def story(server: Inside) -> None:
        several, seconds = PERIODS[period]
        house = House(server)
        ada = await house.user()
        place = await house.conversation(ada)
        begin = server.clock.seconds // seconds * seconds + seconds
        server.clock.seconds = begin - 0.001
        await house.say(place)
        server.clock.seconds = begin
        await house.say(place)
        await house.say(place, ada)
        server.clock.seconds = begin + seconds - 0.001
        await house.say(place, ada)
        found = await read(server, period)
        assert happened(found, "byBusiness") == {0: 1, 1: 1}
        assert happened(found, "byUsers") == {0: 2}
        server.clock.seconds = begin + seconds * (several - 1)
        assert happened(await read(server, period), "byBusiness") == {several - 1: 1}
        server.clock.seconds = begin + seconds * several
        found = await read(server, period)
        assert happened(found, "byBusiness") == happened(found, "byUsers") == {}
        server.clock.seconds = begin - 2 * seconds
        assert happened(await read(server, period), "byBusiness") == {}, "that is still to come"

    told(tmp_path, story)


def test_what_was_refused_or_answered_before_is_not_counted(tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        messages = await server.conversation()
        body = {"author": {"type": "business"}, "content": {"type": "text", "text": "once"}}
        for _ in range(3):
            await server.done("POST", messages, body, idempotency_key="a-word")
        stranger = {"author": {"type": "user", "userId": "nobody"}, "content": {"type": "text", "text": "never"}}
        assert (await server.ask("POST", messages, stranger))[0] == 404
        assert (await server.ask("POST", messages, {"author": {"type": "business"}}))[0] == 400
        found = await read(server)
        assert (happened(found, "byBusiness"), happened(found, "byUsers")) == ({0: 1}, {})

    told(tmp_path, story)


def test_deliveries_are_counted_by_what_came_of_them(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        await office.hook(receiver.url)
        await office.tell("a", "b")
        await office.once()
        receiver.answer = 500
        await office.tell("c")
        found = await read(office.server)
        assert (happened(found, "arrived"), found["now"]) == ({0: 2}, {"pending": 1, "failed": 0})
        step = found["steps"][-1]
        assert 0 < step["latencyP50"] <= step["latencyP95"] < 10_000
        for _ in range(5):
            await office.once()
            office.server.clock.seconds += 15 * 60
        found = await read(office.server, "day")
        assert sum(happened(found, "putOff").values()) == 4
        assert sum(happened(found, "givenUp").values()) == 1
        assert sum(happened(found, "arrived").values()) == 2
        assert found["now"] == {"pending": 0, "failed": 1}
        assert "latencyP50" not in found["steps"][-1]

    tell(story)


def test_deliveries_of_now_are_counted_up_to_a_thousand(tell: Tell) -> None:
    async def story(office: Office) -> None:
        hook = await office.hook("http://127.0.0.1:9/hook")
        many = Step(
            "insert into delivery (webhook_id, position, app_id, lane, attempts, next_at, failed_at)"
            " with recursive c (n) as (select 1 union all select n + 1 from c where n < 1200)"
            " select :hook, n + :more, :app, :lane, 0, 0, :failed from c"
        )
        for failed, more, lane in ((0, 0, f"{hook['id']}:0"), (7, 5000, hook["id"])):
            values = {"hook": hook["id"], "app": office.server.app_id, "failed": failed, "more": more, "lane": lane}
            await office.database.write(Write("x", (many,), values))
        assert (await read(office.server))["now"] == {"pending": 1000, "failed": 1000}
        other = await office.new_app()
        assert (await read(office.server, app=other))["now"] == {"pending": 0, "failed": 0}

    tell(story)


def test_limits_are_told_and_what_they_refuse_is_counted(tmp_path: Path) -> None:
    rates = Rates(app=Rate(6, 60, 20), key=Rate(100, 1, 400))

    async def story(server: Inside) -> None:
        for _ in range(30):
            await server.ask("GET", f"/v2/apps/{server.app_id}")
        for path in ("/v2/apps/a%00b", "/v2/apps/nowhere"):
            for _ in range(30):
                await server.ask("GET", path)
        await server.engines.tally.flush()
        server.clock.seconds += 59
        found = await read(server)
        assert found["limits"] == {"app": {"perSecond": 0.1, "burst": 20}, "key": {"perSecond": 100.0, "burst": 400}}
        assert sum(happened(found, "refused").values()) in (10, 11)
        assert await server.count("tally where app_id = 'nowhere'") == 0, "there is no such app"

    told(tmp_path, story, rates=rates)


def test_nothing_of_another_app_is_told(tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        await server.say(await server.conversation())
        other = str((await server.done("POST", "/v2/apps", {"displayName": "other"}))["app"]["id"])
        assert happened(await read(server, app=other), "byBusiness") == {}
        assert happened(await read(server), "byBusiness") == {0: 1}

    told(tmp_path, story)


@pytest.mark.parametrize("period", ["", "year", "HOUR", "hour%20", "1", "day,week"])
def test_a_period_that_is_none_is_refused(app: Caller, period: str) -> None:
    answer = app.get(f"/parhelion/v1/apps/{app.app_id}/statistics?period={period}")
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles[0].startswith("period: should be"), answer.titles


# -- who counts -------------------------------------------------------------------------------------------------------


def test_what_several_processes_count_is_added_up(tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        place = await server.conversation()
        await server.say(place)
        await server.engines.tally.flush()
        async with engines(tmp_path / "data", server.clock) as one, engines(tmp_path / "data", server.clock) as two:
            each = [server.engines, one, two]

            async def counting(mine: Any) -> None:
                for number in range(200):
                    mine.tally.count(server.app_id, statistics.BY_BUSINESS)
                    mine.tally.count(server.app_id, f"took:{number % 40}")  # more names than a write takes
                    if number % 20 == 0:
                        await mine.tally.flush()

            await asyncio.gather(*map(counting, each))
        assert happened(await read(server), "byBusiness") == {0: 601}
        row = await server.engines.database.read_one("select sum(count) from tally where name like 'took:%'", {})
        assert row is not None
        assert row[0] == 600

    told(tmp_path, story)


def test_a_server_with_workers_tells_of_all_of_them_and_loses_nothing_when_it_is_stopped(
    serve: Callable[..., Live],
) -> None:
    server = serve("--workers", "2")
    app = server.app()
    place = app.conversation()
    for _ in range(40):
        app.say(place)
    server.stop()
    server.start()
    again = Caller(server.url, app.key_id, app.secret, app.app_id)
    steps = again.get(f"/parhelion/v1/apps/{app.app_id}/statistics").json["statistics"]["steps"]
    assert sum(each["byBusiness"] for each in steps) == 40


def test_a_server_that_is_killed_loses_what_it_counted_last_and_nothing_else(serve: Callable[..., Live]) -> None:
    server = serve()
    app = server.app()
    path = f"/parhelion/v1/apps/{app.app_id}/statistics"
    place = app.conversation()
    app.say(place)

    def counted(caller: Caller) -> int:
        return sum(each["byBusiness"] for each in caller.get(path).json["statistics"]["steps"])

    deadline = time.monotonic() + 30
    while not counted(app):
        assert time.monotonic() < deadline, "it is never told"
        time.sleep(0.1)
    for _ in range(10):
        app.say(place)
    server.kill()
    server.start()
    again = Caller(server.url, app.key_id, app.secret, app.app_id)
    assert 1 <= counted(again) <= 11
    assert len(again.get(again.messages(place)).json["messages"]) == 11


class Rows:
    """Rows that can be had, or not."""

    def __init__(self) -> None:
        self.written: list[Write] = []
        self.trouble: list[Exception] = []

    async def write(self, write: Write) -> list[Any]:
        if self.trouble:
            raise self.trouble.pop()
        self.written.append(write)
        return []

    @property
    def sum(self) -> int:
        return sum(int(write.values.get("count_0") or 0) for write in self.written)  # type: ignore[arg-type]  # a number


@pytest.mark.parametrize("trouble", [Unavailable("a full disk"), Overloaded("too much")])
def test_what_cannot_be_written_is_written_with_the_next(trouble: Exception) -> None:
    async def story() -> None:
        database = Rows()
        tally = Tallying(database, lambda: 120.0)  # type: ignore[arg-type]  # no more of it is asked
        tally.count("app", "business")
        database.trouble = [trouble]
        await tally.flush()
        assert database.written == []
        tally.count("app", "business")
        await tally.flush()
        await tally.flush()
        [write] = database.written
        assert dict(write.values) == {"app": "app", "minute": 2, "name_0": "business", "count_0": 2}

    asyncio.run(story())


def test_what_may_have_been_written_is_not_written_again(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        database = Rows()
        tally = Tallying(database, lambda: 0.0)  # type: ignore[arg-type]  # the same
        tally.count("app", "business")
        database.trouble = [Unknown("lost")]
        await tally.flush()
        await tally.flush()
        assert database.written == []

    asyncio.run(story())
    assert "what was counted of app app is lost" in caplog.text


def test_a_store_that_is_away_for_long_costs_no_more_memory_than_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parhelion.server.dispatch.tallying.MOST", 3)

    async def story() -> None:
        database = Rows()
        tally = Tallying(database, lambda: 0.0)  # type: ignore[arg-type]  # the same
        for app in "abcdef":
            tally.count(app, "business")
            tally.count(app, "business")
        await tally.flush()
        assert [write.values["app"] for write in database.written] == ["a", "b", "c"]
        assert database.sum == 6

    asyncio.run(story())


def test_who_is_ended_while_writing_has_written_when_it_is_closed() -> None:
    async def story() -> None:
        database, begun, go = Rows(), asyncio.Event(), asyncio.Event()

        async def write(write: Write) -> list[Any]:
            begun.set()
            await go.wait()
            database.written.append(write)
            return []

        database.write = write  # type: ignore[method-assign]  # a slow one
        tally = Tallying(database, lambda: 0.0, every=0.0)  # type: ignore[arg-type]  # the same
        tally.count("app", "business")
        running = asyncio.create_task(tally.run())
        await begun.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        tally.count("app", "business")
        closing = asyncio.create_task(tally.close())
        go.set()
        await closing
        assert database.sum == 2

    asyncio.run(asyncio.wait_for(story(), 20))


# -- how long it is kept ----------------------------------------------------------------------------------------------


def test_what_is_older_than_eight_days_goes_some_at_a_time_and_what_a_week_shows_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parhelion.server.dispatch.afterwards.SEVERAL", 3)

    async def story(server: Inside) -> None:
        begun = server.clock.seconds
        for hours in range(0, 220, 2):
            server.clock.seconds = begun + hours * 3600
            for name in ("business", "user"):
                server.engines.tally.count(server.app_id, name)
        before = await read(server, "week")
        await server.afterwards()
        assert await read(server, "week") == before
        assert await server.count("tally") == 2 * 97, "eight days, and what is of now"

    told(tmp_path, story)


def test_an_app_that_is_gone_is_counted_no_longer(tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        await server.say(await server.conversation())
        await server.engines.tally.flush()
        await server.say(await server.conversation())
        await server.done("DELETE", f"/v2/apps/{server.app_id}")
        await server.afterwards()
        await server.engines.tally.flush()
        assert await server.count("tally") == 0

    told(tmp_path, story)


# -- a server under test ----------------------------------------------------------------------------------------------


def test_a_server_under_test_counts_by_its_own_clock(control: Client, enter: Callable[..., Client]) -> None:
    noon = datetime(2030, 1, 1, 12, 0, 59, 999_000, tzinfo=UTC)
    client = enter()
    talk = client.conversations.create({"type": "sdkGroup"}).conversation  # type: ignore[arg-type]  # as a dict
    control.testing.move_clock(ClockMove(to=noon, frozen=True))
    client.messages.post(talk, "before the minute is over")
    control.testing.move_clock(ClockMove(advance=0.001))
    client.messages.post(talk, "after it")
    client.messages.post(talk, "and again")
    assert control.testing.settle().settled
    steps = client.statistics.get().statistics.steps
    assert [each.by_business for each in steps[-3:]] == [0, 1, 2]
    assert steps[-1].at == noon + timedelta(milliseconds=1)
    kept = control.testing.take_snapshot().snapshot.id
    control.testing.move_clock(ClockMove(advance=60))
    client.messages.post(talk, "what will not have been")
    control.testing.settle()
    assert [each.by_business for each in client.statistics.get().statistics.steps[-3:]] == [1, 2, 1]
    control.testing.restore_snapshot(kept)
    assert [each.by_business for each in client.statistics.get().statistics.steps[-3:]] == [0, 1, 2]
    control.testing.move_clock(ClockMove(advance=9 * 24 * 3600))
    control.testing.move_clock(ClockMove(to=noon))
    assert {each.by_business for each in client.statistics.get(period="week").statistics.steps} == {0}, "swept"


def test_what_was_counted_is_in_a_snapshot_that_is_taken_at_once(control: Client, enter: Callable[..., Client]) -> None:
    client = enter()
    talk = client.conversations.create({"type": "sdkGroup"}).conversation  # type: ignore[arg-type]  # as a dict
    client.messages.post(talk, "hello")
    control.testing.restore_snapshot(control.testing.take_snapshot().snapshot.id)
    assert sum(each.by_business for each in client.statistics.get(period="day").statistics.steps) == 1
    with pytest.raises(NotFound):
        control.testing.restore_snapshot("none")


# -- what is guessed of latencies -------------------------------------------------------------------------------------


@given(st.lists(st.floats(0.001, 60), min_size=1, max_size=200), st.sampled_from([0.5, 0.95, 1.0]))
def test_a_latency_is_never_wrong_by_a_factor_of_two(seconds: list[float], share: float) -> None:
    counts: dict[str, int] = {}
    for each in seconds:
        counts[statistics.took(each)] = counts.get(statistics.took(each), 0) + 1
    found = statistics.within(share, statistics.latencies(counts))
    wanted = sorted(seconds)[max(0, -int(-share * len(seconds) // 1) - 1)] * 1000
    assert found is not None
    assert wanted / 2 - 1 <= found <= wanted * 2 + 1


@pytest.mark.parametrize(
    ("seconds", "name"),
    [(-1, "took:0"), (0, "took:0"), (0.0009, "took:0"), (0.001, "took:1"), (0.008, "took:4"), (30, "took:15")],
)
def test_latencies_are_counted_by_powers_of_two(seconds: float, name: str) -> None:
    assert statistics.took(seconds) == name


def test_nothing_is_guessed_of_nothing() -> None:
    assert statistics.within(0.5, {}) is None


# -- what it costs ----------------------------------------------------------------------------------------------------


def test_a_week_of_every_minute_is_told_at_once(tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        now = int(server.clock() // 60)
        fill = Step(
            "insert into tally (app_id, minute, name, count)"
            " with recursive c (n) as (select 0 union all select n + 1 from c where n < 11519)"
            " select :app, :now - n, name, 1 from c cross join"
            " (select 'business' as name union all select 'user' union all select 'arrived' union all select 'took:3'"
            " union all select 'took:4' union all select 'took:5' union all select 'took:6') names"
        )
        await server.engines.database.write(Write("x", (fill,), {"app": server.app_id, "now": now}))
        took: dict[str, float] = {}
        for period in PERIODS:
            begun = time.perf_counter()
            found = await read(server, period)
            took[period] = time.perf_counter() - begun
            assert found["steps"][0]["arrived"] == found["stepSeconds"] // 60
        print(f"\n{took}")
        assert took["hour"] < 0.5
        assert took["week"] < 5

    told(tmp_path, story)

"""Who sends to webhooks: side by side, each for receivers of its own, and nobody for what is another's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from parhelion.server import rows
from parhelion.server.assemble import engines
from parhelion.server.dispatch import webhooks
from parhelion.server.dispatch.posting import Poster
from parhelion.server.ports import Row, Unavailable, Values, Write
from tests.server.receiving import HERE, LANES, Got, Office, Tell, tell_in


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    return partial(tell_in, tmp_path)


# -- who waits for whom --------------------------------------------------------------------------------------------


def test_a_receiver_that_hangs_delays_no_other(tell: Tell) -> None:
    async def story(office: Office) -> None:
        hanging, other = await office.receiver(), await office.receiver()
        free = asyncio.Event()

        async def hang(_: Got) -> int:
            await free.wait()
            return 200

        hanging.answer = hang
        await office.hook(hanging.url)
        await office.hook(other.url)
        ids = await office.tell(*LANES, *LANES)
        work = asyncio.create_task(office.worker().once())
        await other.has(32)
        assert sorted(other.events) == sorted(ids)
        await hanging.has(16)
        assert (len(hanging.got), work.done()) == (16, False)
        free.set()
        await work
        assert sorted(hanging.events) == sorted(ids)

    tell(story)


def test_one_receiver_gets_no_more_lanes_than_it_leaves_to_others(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "OPEN", 8)

    async def story(office: Office) -> None:
        receivers = [await office.receiver() for _ in range(4)]
        free = asyncio.Event()

        async def hang(_: Got) -> int:
            await free.wait()
            return 200

        for receiver in receivers[:-1]:
            receiver.answer = hang
            await office.hook(receiver.url)
        await office.tell(*LANES)
        worker = office.worker()
        work = asyncio.create_task(worker.once())
        await receivers[0].has(4)
        await receivers[1].has(2)
        await receivers[2].has(1)
        await office.hook(receivers[3].url)
        [event] = await office.tell("a")
        looking = asyncio.create_task(worker.once())
        await receivers[3].has(1)
        assert receivers[3].events == [event]
        assert [len(receiver.got) for receiver in receivers] == [4, 2, 1, 1]
        free.set()
        await asyncio.gather(work, looking)
        assert await office.server.count("delivery") == 0

    tell(story)


def test_a_receiver_that_failed_is_asked_one_thing_at_a_time_until_something_arrives(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        worker = office.worker()
        receiver.answer = 500
        await office.tell("a")
        await worker.once()
        receiver.most_at_once = 0
        ids = await office.tell(*LANES, *LANES)

        async def slowly(status: int) -> int:
            await asyncio.sleep(0.002)
            return status

        receiver.answer = lambda _: slowly(500)
        await worker.once()
        assert sorted(receiver.events[1:]) == sorted(ids)
        assert receiver.most_at_once == 1
        lanes = [got.json["events"][0]["payload"]["is"] for got in receiver.got[1:17]]
        assert sorted(lanes) == sorted(LANES), "lanes take turns"
        office.server.clock.seconds += 7
        both = asyncio.Barrier(2)
        left = len(ids) + 1

        async def meet(_: Got) -> int:
            nonlocal left
            left -= 1
            if left in (20, 19):
                await both.wait()  # nothing goes on until two are here at the same time
            return 200

        receiver.answer = meet
        await worker.once()
        assert await office.waiting(hook) == []

    tell(story)


def test_a_receiver_that_failed_is_asked_nothing_else_while_it_is_asked(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver, other = await office.receiver(), await office.receiver()
        hook = await office.hook(receiver.url)
        receiver.answer = 500
        await office.tell("a")
        worker = office.worker()
        await worker.once()
        free = asyncio.Event()

        async def hang(_: Got) -> int:
            await free.wait()
            return 200

        receiver.answer = hang
        await office.tell(*LANES)
        work = asyncio.create_task(worker.once())
        await receiver.has(2)
        await office.hook(other.url)
        await office.tell("z")  # and so it is looked again
        again = asyncio.create_task(worker.once())
        await other.has(1)
        assert len(receiver.got) == 2
        free.set()
        await asyncio.gather(work, again)
        assert len(await office.waiting(hook)) == 1

    tell(story)


def test_a_receiver_that_refuses_is_well(tell: Tell) -> None:
    """It has answered. So its other lanes go on."""

    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        all_here = asyncio.Barrier(16)

        async def refuse(got: Got) -> int:
            if len(receiver.got) > 1:
                await all_here.wait()
            return 404

        receiver.answer = refuse
        worker = office.worker()
        await office.tell("a")
        await worker.once()
        await office.tell(*LANES)
        await worker.once()
        assert len(await office.waiting(hook, "failed")) == 17

    tell(story)


# -- by whom -------------------------------------------------------------------------------------------------------


def test_two_who_send_share_the_work_and_send_nothing_twice(tell: Tell, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        await office.hook(receiver.url)
        ids = await office.tell(*LANES * 10)
        async with engines(tmp_path / "data", office.server.clock) as beside:
            one, two = office.worker(), office.worker(beside)
            for _ in range(3):
                await asyncio.gather(one.once(), two.once())
            assert sorted(receiver.events) == sorted(ids)
            for worker in (one, two):
                await worker.close()

    tell(story)


def test_what_one_is_at_another_leaves_alone_and_does_the_rest(tell: Tell, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        await office.hook(receiver.url)
        free = asyncio.Event()

        async def hang(got: Got) -> int:
            if got.event == first:
                await free.wait()
            return 200

        receiver.answer = hang
        [first] = await office.tell("a")
        async with engines(tmp_path / "data", office.server.clock) as beside:
            one, two = office.worker(), office.worker(beside)
            work = asyncio.create_task(one.once())
            await receiver.has(1)
            second, other = await office.tell("a", "b")
            office.server.clock.seconds += 14.999
            await two.once()
            assert receiver.events == [first, other]
            free.set()
            await work
            assert receiver.events == [first, other, second]
            await two.close()

    tell(story)


def test_who_lost_a_lane_sends_nothing_more_in_it(tell: Tell, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        free = asyncio.Event()

        async def hang(_: Got) -> int:
            if len(receiver.got) == 1:
                await free.wait()
            return 200

        receiver.answer = hang
        first, second = await office.tell("a", "a")
        async with engines(tmp_path / "data", office.server.clock) as beside:
            one, two = office.worker(), office.worker(beside)
            work = asyncio.create_task(one.once())
            await receiver.has(1)
            office.server.clock.seconds += 15
            await two.once()
            assert receiver.events == [first, first, second]
            await office.tell("a")
            assert len(await office.waiting(hook)) == 1
            lane = f"{hook['id']}{rows.events.lane('a')}"
            now = round(office.server.clock() * 1000)
            await office.database.write(rows.deliveries.lease(lane, "a third", now, now + 1000))
            free.set()
            await work
            assert len(receiver.got) == 3, "its lane is a third one's by now"
            assert len(await office.waiting(hook)) == 1
            await office.database.write(rows.deliveries.release(lane, "a third"))
            await one.once()
            assert len(receiver.got) == 4
            await two.close()

    tell(story)


def test_a_lane_is_taken_anew_when_its_lease_ran_out_unnoticed(tell: Tell, tmp_path: Path) -> None:
    """As when a computer has slept."""

    async def story(office: Office) -> None:
        receiver = await office.receiver()
        await office.hook(receiver.url)
        free = asyncio.Event()

        async def sleep(_: Got) -> int:
            if len(receiver.got) == 1:
                office.server.clock.seconds += 15
            else:
                await free.wait()
            return 200

        receiver.answer = sleep
        ids = await office.tell("a", "a")
        async with engines(tmp_path / "data", office.server.clock) as beside:
            one, two = office.worker(), office.worker(beside)
            work = asyncio.create_task(one.once())
            await receiver.has(2)
            await two.once()
            free.set()
            await work
            assert receiver.events == ids
            await two.close()

    tell(story)


@pytest.mark.parametrize("status", [200, 500, 404])
def test_what_came_of_an_attempt_is_not_written_by_who_lost_the_lane(tell: Tell, status: int) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        free = asyncio.Event()

        async def hang(_: Got) -> int:
            await free.wait()
            return status

        receiver.answer = hang
        await office.tell("a")
        work = asyncio.create_task(office.worker().once())
        await receiver.has(1)
        office.server.clock.seconds += 15
        now = round(office.server.clock() * 1000)
        lane = f"{hook['id']}{rows.events.lane('a')}"
        await office.database.write(rows.deliveries.lease(lane, "another", now, now + 1000))
        before = await office.waiting(hook)
        free.set()
        await work
        assert await office.waiting(hook) == before

    tell(story)


def test_leases_are_renewed_while_a_receiver_takes_its_time(tell: Tell, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        await office.hook(receiver.url)
        free = asyncio.Event()

        async def hang(_: Got) -> int:
            await free.wait()
            return 200

        receiver.answer = hang
        await office.tell("a")
        async with engines(tmp_path / "data", office.server.clock) as beside:
            one, two = office.worker(lease=0.06), office.worker(beside)
            work = asyncio.create_task(one.once())
            await receiver.has(1)
            for _ in range(3):
                office.server.clock.seconds += 0.05
                until = round((office.server.clock() + 0.06) * 1000)
                while (await office.database.read_one("select leased_until from lane_lease", {}))[0] < until:  # noqa: ASYNC110 - another process's view
                    await asyncio.sleep(0.005)
            await two.once()
            assert len(receiver.got) == 1
            free.set()
            await work
            await two.close()

    tell(story)


def test_what_somebody_was_at_who_died_is_taken_over_when_the_lease_runs_out(tell: Tell, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        free = asyncio.Event()

        async def hang(_: Got) -> int:
            await free.wait()
            return 200

        receiver.answer = hang
        ids = await office.tell("a", "a")
        before = asyncio.all_tasks()
        work = asyncio.create_task(office.worker().once())
        await receiver.has(1)
        for task in asyncio.all_tasks() - before - {work}:
            if "Webhooks" in repr(task.get_coro()):
                task.cancel()  # it dies without a word
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        free.set()
        async with engines(tmp_path / "data", office.server.clock) as beside:
            two = office.worker(beside)
            office.server.clock.seconds += 14.999
            await two.once()
            assert receiver.events == ids[:1]
            office.server.clock.seconds += 0.001
            await two.once()
            assert receiver.events == [ids[0], *ids]
            assert await office.waiting(hook) == []
            await two.close()

    tell(story)


def test_who_stops_finishes_what_is_under_way_and_leaves_the_rest_at_once(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        free = asyncio.Event()

        async def hang(_: Got) -> int:
            await free.wait()
            return 200

        receiver.answer = hang
        first, second = await office.tell("a", "a")
        worker = office.worker()
        work = asyncio.create_task(worker.once())
        await receiver.has(1)
        closing = asyncio.create_task(worker.close())
        await asyncio.sleep(0)
        free.set()
        await asyncio.gather(closing, work)
        assert receiver.events == [first]
        assert [each["event"] for each in await office.waiting(hook)] == [second]
        await office.once()
        assert receiver.events == [first, second]

    tell(story)


def test_who_stops_does_not_wait_for_ever_and_others_go_on_at_once(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "GRACE", 0.05)

    async def story(office: Office) -> None:
        receiver = await office.receiver()
        await office.hook(receiver.url)
        free = asyncio.Event()

        async def hang(_: Got) -> int:
            await free.wait()
            return 200

        receiver.answer = hang
        [event] = await office.tell("a")
        worker = office.worker()
        work = asyncio.create_task(worker.once())
        await receiver.has(1)
        await worker.close()
        await work
        free.set()
        await office.once()
        assert receiver.events == [event, event]
        assert await office.server.count("delivery") == await office.server.count("lane_lease") == 0

    tell(story)


def test_who_runs_for_ever_hears_of_events_wakes_for_retries_and_takes_over(
    tell: Tell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the real clock: with nothing but the bell, the next attempt's time, and a lease of somebody who died."""
    monkeypatch.setattr(webhooks, "POLL", 10**4)

    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        async with engines(tmp_path / "data") as real:
            office.server.clock.seconds = real.clock()
            poster = Poster(HERE)
            worker = webhooks.Webhooks(
                office.database, real.vault, real.clock, poster, dice=lambda: -1.99
            )  # waits 0.03 s
            lane = f"{hook['id']}{rows.events.lane('z')}"
            now = round(real.clock() * 1000)
            await office.database.write(rows.deliveries.lease(lane, "who died", now, now + 300))
            work = asyncio.create_task(worker.run())
            await asyncio.sleep(0)
            receiver.answer = 500
            await office.tell("a")
            await receiver.has(2)
            receiver.answer = 200
            await office.tell("b")
            await receiver.has(4)
            several = len(receiver.got)
            await office.tell("z")
            await receiver.has(several + 1)
            assert real.clock() * 1000 >= now + 300
            while await office.server.count("delivery"):  # noqa: ASYNC110 - until it is so
                await asyncio.sleep(0.005)
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            await worker.close()
            await poster.close()

    tell(story)


class Full:
    """A database whose disk is full from time to time."""

    def __init__(self, database: Any) -> None:
        self._database, self.full = database, False

    def write(self, write: Write) -> Any:
        if self.full:
            raise Unavailable("the disk is full")
        return self._database.write(write)

    async def read_all(self, sql: str, values: Values) -> list[Row]:
        found: list[Row] = await self._database.read_all(sql, values)
        return found

    async def read_one(self, sql: str, values: Values) -> Row | None:
        found: Row | None = await self._database.read_one(sql, values)
        return found


def test_nothing_is_lost_while_the_database_cannot_write(tell: Tell, caplog: pytest.LogCaptureFixture) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        first, second = await office.tell("a", "a")
        database = Full(office.database)
        opened = office.server.engines
        worker = webhooks.Webhooks(database, opened.vault, opened.clock, office.poster)  # type: ignore[arg-type]  # no more of it is asked
        database.full = True
        await worker.once()
        assert receiver.got == [], "what could not be written down afterwards is not sent"
        database.full = False

        async def fill(_: Got) -> int:
            database.full = True
            return 200

        receiver.answer = fill
        await worker.once()
        assert receiver.got == [], "not before the next poll"
        office.server.clock.seconds += webhooks.POLL
        await worker.once()
        assert receiver.events == [first]
        database.full = False
        receiver.answer = 200
        office.server.clock.seconds += webhooks.POLL
        await worker.once()
        assert receiver.events == [first, first, second]
        assert await office.waiting(hook) == []
        await worker.close()

    tell(story)
    assert {record.levelname for record in caplog.records} == {"WARNING"}


# -- what it costs -------------------------------------------------------------------------------------------------


class Explaining:
    """A database that finds nothing, and remembers how it would have."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self.plan: list[str] = []

    async def read_all(self, sql: str, values: Values) -> list[Row]:
        self.plan += [row[3] for row in await self._database.read_all(f"explain query plan {sql}", values)]
        return []


@pytest.mark.parametrize("find", [rows.deliveries.lanes, rows.deliveries.outlived])
def test_finding_work_costs_by_lanes_and_webhooks_and_not_by_what_waits(tell: Tell, find: Callable[..., Any]) -> None:
    async def story(office: Office) -> None:
        explaining = Explaining(office.database)
        await find(explaining)
        searches = [step for step in explaining.plan if step.startswith("SEARCH d")]
        assert len(searches) >= 3
        assert {step for step in explaining.plan if step.startswith("SCAN")} == {"SCAN at"}, "every table is searched"

    tell(story)

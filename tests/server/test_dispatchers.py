"""Who sends to webhooks: side by side, each for receivers of its own, and nobody for what is another's."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from parhelion.server import rows
from parhelion.server.dispatch import webhooks
from parhelion.server.dispatch.posting import Answer, Poster
from parhelion.server.ports import DELIVER, TOLD, Row, Unavailable, Values, Write, milliseconds
from tests.inside import engines
from tests.server.receiving import HERE, LANES, Answered, Got, Office, Receiver, Tell, tell_in


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


async def _hanging(office: Office, free: asyncio.Event) -> Receiver:
    """Somebody who answers nobody until that is set."""

    async def hang(_: Got) -> int:
        await free.wait()
        return 200

    receiver = await office.receiver()
    receiver.answer = hang
    return receiver


def test_an_app_gets_no_more_lanes_than_it_leaves_to_others(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a receiver no more of them than it leaves to others of its app."""
    monkeypatch.setattr(webhooks, "OPEN", 8)

    async def story(office: Office) -> None:
        free = asyncio.Event()
        greedy = [await _hanging(office, free) for _ in range(4)]
        for receiver in greedy:
            await office.hook(receiver.url)
        await office.tell(*LANES)
        worker = office.worker()
        work = [asyncio.create_task(worker.once())]
        for receiver, several in zip(greedy, (2, 1, 1), strict=False):
            await receiver.has(several)
        for several in (1, 1):
            app, another = await office.new_app(), await _hanging(office, free)
            await office.hook(another.url, app=app)
            await office.tell(*LANES[:several], app=app)
            work.append(asyncio.create_task(worker.once()))
            await another.has(several)
        assert [len(receiver.got) for receiver in greedy] == [2, 1, 1, 0]
        free.set()
        await asyncio.gather(*work)
        assert await office.server.count("delivery") == 0

    tell(story)


def test_an_app_that_makes_its_hanging_webhooks_anew_delays_no_other_app(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "OPEN", 16)

    async def story(office: Office) -> None:
        free = asyncio.Event()
        hanging = await _hanging(office, free)
        worker, work = office.worker(), list[asyncio.Task[None]]()
        for several in (8, 8, 8):
            hooks = [await office.hook(hanging.url) for _ in range(5)]
            await office.tell(*LANES)
            work.append(asyncio.create_task(worker.once()))
            await hanging.has(several)
            for hook in hooks:
                await office.server.done("DELETE", office.path(hook))
        app, well = await office.new_app(), await office.receiver()
        await office.hook(well.url, app=app)
        [event] = await office.tell("a", app=app)
        work.append(asyncio.create_task(worker.once()))
        await well.has(1)
        assert (well.events, len(hanging.got)) == ([event], 8)
        free.set()
        await asyncio.gather(*work)

    tell(story)


async def _ill(office: Office, worker: webhooks.Webhooks, url: str, several: int, app: str = "") -> None:
    """Webhooks that failed last time, and have something due again."""
    for _ in range(several):
        await office.hook(url, app=app)
    await office.tell("a", app=app)
    await worker.once()
    office.server.clock.seconds += 9


@pytest.mark.parametrize("same", [True, False])
def test_more_dead_receivers_than_there_are_lanes_delay_no_newer_one(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, *, same: bool
) -> None:
    monkeypatch.setattr(webhooks, "OPEN", 8)

    async def story(office: Office) -> None:
        free = asyncio.Event()
        dead, well = await office.receiver(), await office.receiver()
        dead.answer = 500
        worker = office.worker()
        apps = [office.server.app_id] * 2 if same else [await office.new_app() for _ in range(5)]
        for app in dict.fromkeys(apps):
            await _ill(office, worker, dead.url, 9, app=app)
        office.server.clock.seconds += 600  # all of them are due
        dead.answer = (await _hanging(office, free)).answer
        before = len(dead.got)
        work = asyncio.create_task(worker.once())
        most = 2 if same else 4
        await dead.has(before + most)
        await office.hook(well.url, app=apps[-1])
        [event] = await office.tell("b", app=apps[-1])
        again = asyncio.create_task(worker.once())
        await well.has(1)
        assert well.events == [event]
        assert len(dead.got) == before + most, "one lane each app for what is ill, and half of all"
        free.set()
        await asyncio.gather(work, again)

    tell(story)


@pytest.mark.parametrize("ill", [True, False])
def test_receivers_take_turns_when_there_are_too_few_lanes_for_all(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, *, ill: bool
) -> None:
    monkeypatch.setattr(webhooks, "OPEN", 1)

    async def story(office: Office) -> None:
        receiver = await office.receiver()
        worker = office.worker()
        if ill:
            receiver.answer = 500
            await _ill(office, worker, receiver.url, 5)
        else:
            for _ in range(5):
                await office.hook(receiver.url)
        before = len(receiver.got)
        await office.tell("a", "b", "c")
        await worker.once()
        asked = [got.json["webhook"]["id"] for got in receiver.got[before:]]
        assert len(asked) == (20 if ill else 15)
        for turn in range(0, len(asked), 5):
            assert sorted(asked[turn : turn + 5]) == sorted(set(asked)), "each once before anybody again"

    tell(story)


def test_what_is_ill_comes_after_what_is_well(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        worker = office.worker()
        receiver.answer = 500
        await _ill(office, worker, receiver.url, 3)
        receiver.answer = 200
        before = len(receiver.got)
        monkeypatch.setattr(webhooks, "OPEN", 1)
        hook = await office.hook(receiver.url)
        await office.tell("b")
        await worker.once()
        assert [got.json["webhook"]["id"] == hook["id"] for got in receiver.got[before:]] == [True] + [False] * 6

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


def once_all_ask(status: int) -> Answered:
    """Answers when there is a request of every lane, and never before."""
    all_here = asyncio.Barrier(len(LANES))

    async def answer(_: Got) -> int:
        await all_here.wait()
        return status

    return answer


def test_a_receiver_that_refuses_is_well(tell: Tell) -> None:
    """It has answered. So its other lanes go on."""

    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        receiver.answer = 404
        worker = office.worker()
        await office.tell("a")
        await worker.once()
        receiver.answer = once_all_ask(404)
        await office.tell(*LANES)
        await worker.once()
        assert len(await office.waiting(hook, "failed")) == 17

    tell(story)


def test_a_receiver_that_failed_and_then_refuses_is_well_again(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        worker = office.worker()
        receiver.answer = 500
        await office.tell("a")
        await worker.once()
        receiver.answer = 404
        await office.tell("a")
        await worker.once()
        receiver.answer = once_all_ask(404)
        await office.tell(*LANES)
        await worker.once()
        assert len(await office.waiting(hook, "failed")) == 17

    tell(story)


def test_a_receiver_that_failed_is_thought_well_when_nothing_waits_for_it_any_more(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        worker = office.worker()
        receiver.answer = 500
        await office.tell("a")
        for seconds in (0, 7, 28, 112, 448):
            office.server.clock.seconds += seconds
            await worker.once()
        assert len(await office.waiting(hook, "failed")) == 1
        receiver.answer = once_all_ask(200)
        await office.tell(*LANES)
        await worker.once()
        assert await office.waiting(hook, "pending") == []

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


def test_who_stops_at_once_breaks_off_what_is_under_way(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "GRACE", 1000.0)

    async def story(office: Office) -> None:
        free = asyncio.Event()
        receiver = await _hanging(office, free)
        hook = await office.hook(receiver.url)
        event, _ = await office.tell("a", "a")
        worker = office.worker()
        await worker.begin()
        await receiver.has(1)
        await worker.close(at_once=True)
        free.set()
        assert receiver.events == [event]
        assert [each["attempts"] for each in await office.waiting(hook)] == [0, 0]
        assert await office.server.count("lane_lease") == 0

    tell(story)


def test_what_is_due_can_be_waited_for_beside_who_runs_for_ever(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        worker = office.worker()
        running = asyncio.create_task(worker.run())
        for several in range(1, 20):
            await office.tell("a")
            await worker.settled()
            assert len(receiver.got) == several
        receiver.answer = 500
        await office.tell("a")
        await worker.settled()
        assert len(await office.waiting(hook)) == 1, "it is not due, and is not waited for"
        office.server.clock.seconds += 10
        await worker.begin()
        await receiver.has(21)
        running.cancel()

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
                office.database, real.vault, real.clock, poster, real.tally, dice=lambda: -1.99
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
        worker = webhooks.Webhooks(database, opened.vault, opened.clock, office.poster, opened.tally)  # type: ignore[arg-type]  # no more of it is asked
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
        assert receiver.events == [first, second], "what had arrived was written down late, and not sent again"
        assert await office.waiting(hook) == []
        await worker.close()

    tell(story)
    assert {record.levelname for record in caplog.records} == {"WARNING"}


@pytest.mark.parametrize("rival", [False, True])
def test_a_clock_that_was_set_back_holds_up_no_lane_of_somebody_who_died(
    tell: Tell, tmp_path: Path, *, rival: bool
) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        ids = await office.tell("a", "a")
        lane, now = f"{hook['id']}{rows.events.lane('a')}", milliseconds(office.server.clock())
        await office.database.write(rows.deliveries.lease(lane, "who died", now, now + 15_000))
        office.server.clock.seconds -= 3600
        async with engines(tmp_path / "data", office.server.clock) as beside:
            workers = [office.worker(), office.worker(beside)] if rival else [office.worker()]
            await asyncio.gather(*(worker.once() for worker in workers))
            assert receiver.events == ids, "and only once, however many look"
            for worker in workers:
                await worker.close()

    tell(story)


def test_a_lease_that_may_still_be_good_is_left_alone_after_the_clock_was_set_back(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        await office.tell("a")
        lane, now = f"{hook['id']}{rows.events.lane('a')}", milliseconds(office.server.clock())
        await office.database.write(rows.deliveries.lease(lane, "another", now, now + 15_000))
        office.server.clock.seconds -= 45
        await office.once()
        assert receiver.got == []
        office.server.clock.seconds -= 0.001
        await office.once()
        assert len(receiver.got) == 1

    tell(story)


def test_a_clock_that_was_set_back_delays_no_further_attempt(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        receiver.answer = 500
        worker = office.worker()
        await office.tell("a", "b")
        await worker.once()
        office.server.clock.seconds -= 900 - 7
        await worker.once()
        assert len(receiver.got) == 2, "an attempt may be so far ahead"
        office.server.clock.seconds -= 0.001
        await worker.once()
        assert [each["attempts"] for each in await office.waiting(hook)] == [2, 2], "one more each"
        receiver.answer = 200
        office.server.clock.seconds += 28
        await worker.once()
        assert await office.waiting(hook) == []

    tell(story)


def test_a_clock_that_was_set_back_delays_no_lane_that_we_could_not_work_at(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        await office.hook(receiver.url)
        await office.tell("a")
        database, opened = Full(office.database), office.server.engines
        worker = webhooks.Webhooks(database, opened.vault, opened.clock, office.poster, opened.tally)  # type: ignore[arg-type]  # no more of it is asked
        database.full = True
        await worker.once()
        database.full = False
        office.server.clock.seconds -= 3600
        await worker.once()
        assert len(receiver.got) == 1
        await worker.close()

    tell(story)


class Short(Poster):
    """It has no files left from time to time, or never any for a certain event."""

    short, unable = True, ""

    async def post(self, target: str, headers: Mapping[str, str], body: bytes, app: str = "") -> Answer:
        if self.short or headers["webhook-id"] == self.unable:
            raise OSError(errno.EMFILE, "Too many open files")
        return await super().post(target, headers, body, app)


def test_what_we_could_not_send_ourselves_is_no_attempt(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        office.poster = poster = Short(HERE)
        office.opened.push_async_callback(poster.close)
        worker = office.worker()
        ids = await office.tell("a", "a")
        for _ in range(7):  # more often than there are attempts
            await worker.once()
            office.server.clock.seconds += webhooks.POLL
        assert [(each["attempts"], each["answer"]) for each in await office.waiting(hook)] == [(0, None)] * 2
        assert await office.server.count("lane_lease") == 0, "others may be able to"
        poster.short = False
        await worker.once()
        assert receiver.events == ids

    tell(story)


def test_what_we_can_never_send_stands_in_the_way_for_as_long_as_attempts_take(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        office.poster = poster = Short(HERE)
        office.opened.push_async_callback(poster.close)
        worker = office.worker()
        poster.short = False
        poster.unable, later = await office.tell("a", "a")
        await worker.once()
        office.server.clock.seconds += webhooks.UNSENT - 0.001
        await worker.once()
        assert receiver.got == []
        office.server.clock.seconds += webhooks.POLL
        await worker.once()
        await worker.once()
        assert receiver.events == [later]
        [left] = await office.waiting(hook)
        assert (left["attempts"], left["answer"]["error"]) == (1, "the server could not send it")
        for seconds in (9, 34, 135, 540):
            office.server.clock.seconds += seconds
            await worker.once()
        assert len(await office.waiting(hook, "failed")) == 1

    tell(story)


# -- what it costs -------------------------------------------------------------------------------------------------


def test_an_event_that_nobody_is_to_be_sent_wakes_nobody_who_sends(tell: Tell) -> None:
    async def story(office: Office) -> None:
        await office.hook("http://127.0.0.1:9/", "user:remove")
        await office.database.bell(TOLD, 0.01)
        await office.database.bell(DELIVER, 0.01)
        await office.tell("a")
        assert await office.database.bell(TOLD, 10)
        assert not await office.database.bell(DELIVER, 0.01)
        await office.tell("a", type="user:remove")
        assert await office.database.bell(DELIVER, 10)

    tell(story)


class Watching(Full):
    """Remembers how many turns others had had whenever it was asked for lanes."""

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        self.turns, self.seen = 0, list[int]()

    async def read_all(self, sql: str, values: Values) -> list[Row]:
        if "recursive" in sql:
            self.seen.append(self.turns)
        return await super().read_all(sql, values)

    async def turn(self) -> None:
        while True:
            self.turns += 1
            await asyncio.sleep(0)


@pytest.mark.parametrize("size", [1, 3, 5, 16, 32, 100])
def test_others_have_their_turn_while_many_lanes_are_looked_at(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(webhooks, "PAGE", size)
    monkeypatch.setattr(webhooks, "OPEN", 0)

    async def story(office: Office) -> None:
        for _ in range(2):
            await office.hook("http://127.0.0.1:9/")
        await office.tell(*LANES)
        database = Watching(office.database)
        opened = office.server.engines
        worker = webhooks.Webhooks(database, opened.vault, opened.clock, office.poster, opened.tally)  # type: ignore[arg-type]  # no more of it is asked
        others = asyncio.create_task(database.turn())
        await asyncio.sleep(0)
        await worker.once()
        others.cancel()
        assert len(database.seen) == 32 // size + 1
        assert len(set(database.seen)) == len(database.seen), "a turn between each two"
        await worker.close()

    tell(story)


@pytest.mark.parametrize("size", [1, 5, 16, 100])
def test_lanes_are_found_and_take_turns_however_many_are_looked_at_at_once(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(webhooks, "PAGE", size)

    async def story(office: Office) -> None:
        ill, well = await office.receiver(), await office.receiver()
        hooks = [await office.hook(receiver.url) for receiver in (well, ill, well)]
        ill.answer = 500
        worker = office.worker()
        await office.tell("a")
        await worker.once()
        ids = await office.tell(*LANES, *LANES)
        await worker.once()
        assert sorted(ill.events[1:]) == sorted(ids)
        lanes = [got.json["events"][0]["payload"]["is"] for got in ill.got[1:17]]
        assert sorted(lanes) == sorted(LANES), "lanes take turns"
        assert [len(await office.waiting(hook)) for hook in hooks] == [0, 33, 0]

    tell(story)


@pytest.mark.embedded  # tests/server/test_plans.py has PostgreSQL's
def test_what_failed_is_found_past_what_waits_and_the_other_way_round(tell: Tell) -> None:
    async def story(office: Office) -> None:
        explaining = Explaining(office.database)
        await rows.deliveries.lanes(explaining)  # type: ignore[arg-type]  # no more of it is asked
        assert not any("delivery_failed" in step for step in explaining.plan)
        assert len([step for step in explaining.plan if "delivery_due" in step]) == 4
        explaining.plan.clear()
        await rows.deliveries.page(explaining, "app", "hook", "failed", 0, 1, back=False)  # type: ignore[arg-type]
        assert [step for step in explaining.plan if step.startswith("SEARCH d")] == [
            "SEARCH d USING INDEX delivery_failed (lane=? AND position>?)"
        ]

    tell(story)


class Explaining:
    """A database that finds nothing, and remembers how it would have."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self.plan: list[str] = []

    async def read_all(self, sql: str, values: Values) -> list[Row]:
        self.plan += [row[3] for row in await self._database.read_all(f"explain query plan {sql}", values)]
        return []


@pytest.mark.embedded
@pytest.mark.parametrize("find", [rows.deliveries.lanes, rows.deliveries.outlived])
def test_finding_work_costs_by_lanes_and_webhooks_and_not_by_what_waits(tell: Tell, find: Callable[..., Any]) -> None:
    async def story(office: Office) -> None:
        explaining = Explaining(office.database)
        await find(explaining)
        searches = [step for step in explaining.plan if step.startswith("SEARCH d")]
        assert len(searches) >= 3
        assert {step for step in explaining.plan if step.startswith("SCAN")} == {"SCAN at"}, "every table is searched"

    tell(story)

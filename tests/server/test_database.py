"""The port: what every database must hold. One suite, run over every adapter."""

from __future__ import annotations

import asyncio
import fcntl
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import apsw
import pytest

from parhelion.server.bus.address import bus_of
from parhelion.server.databases import _turns
from parhelion.server.databases.sqlite import GROUP, WAITING, Sqlite, SqliteInMemory
from parhelion.server.ports import Database, Overloaded, Refused, Step, Unavailable, UnusableStore, Write
from tests.engines import chosen

TABLE = [(1, "create table box (id text primary key, n bigint not null, body bytea);\n")]
ADD = (Step("insert into box (id, n, body) values (:id, :n, :body) on conflict do nothing", "taken"),)
RISE = (
    Step("update box set n = :n where id = :id and n < :n", "not higher"),
    Step("insert into box (id, n, body) values (:other, :n, :body)"),
)
LATE = (
    Step("update box set n = n + 100 where id = :id", "gone"),
    Step("update box set n = 0 where id = :other", "late"),
)
TAKE = (Step("update box set n = n + 1 where id = :id returning n, body", "gone"),)

Story = Callable[[Database], Coroutine[Any, Any, Any]]


Make = Callable[[Path], Coroutine[Any, Any, Database]]


async def sqlite(folder: Path) -> Database:
    return Sqlite(folder / "db")


async def in_memory(_: Path) -> Database:
    return SqliteInMemory()


async def postgresql(folder: Path) -> Database:
    from parhelion.server.databases.postgres import Postgres

    return Postgres(address_in(folder))


def address_in(folder: Path) -> str:
    """One for each folder."""
    place = folder / "postgresql"
    if not place.exists():
        place.write_text(chosen.fresh())
    return place.read_text()


@asynccontextmanager
async def opened(make: Make, folder: Path) -> AsyncIterator[Database]:
    database = await make(folder)
    try:
        yield database
    finally:
        await database.close()


SHARED = [sqlite, pytest.param(postgresql, marks=pytest.mark.engine("postgresql"))]  # those that several may have open


@pytest.fixture(params=[*SHARED, in_memory])
def tell(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Story], Any]:
    """Runs a story over a database with an empty box in it."""

    def run(story: Story) -> Any:
        async def told() -> Any:
            async with opened(request.param, tmp_path) as database:
                await database.migrate(TABLE)
                return await asyncio.wait_for(story(database), 30)

        return asyncio.run(told())

    return run


def add(id: str, n: int = 0, body: Any = b"\x00\xff") -> Write:
    return Write(id, ADD, {"id": id, "n": n, "body": body}, ("boxes",))


def rise(id: str, n: int, other: str) -> Write:
    return Write(id, RISE, {"id": id, "n": n, "other": other, "body": None})


async def together(database: Database, *writes: Write) -> list[Any]:
    found = await asyncio.gather(*map(database.write, writes), return_exceptions=True)
    return [each.why if isinstance(each, Refused) else each for each in found]


async def content(database: Database) -> dict[str, int]:
    return {row[0]: row[1] for row in await database.read_all("select id, n from box order by id", {})}


def test_it_says_that_it_works_and_of_what_shape_and_size_it_is(tell: Callable[[Story], Any]) -> None:
    async def story(box: Database) -> Any:
        before = await box.check()
        assert before.version == TABLE[-1][0]
        await asyncio.gather(*(box.write(add(str(n), n)) for n in range(100)), box.check())
        assert await box.check() == before
        assert box.hears
        assert box.patience >= 0
        assert await box.size() > 1000

    tell(story)


def test_bytes_come_back_as_they_went(tell: Callable[[Story], Any]) -> None:
    async def story(box: Database) -> Any:
        await box.write(add("a"))
        return await box.read_one("select body from box where id = :id", {"id": "a"})

    assert bytes(tell(story)[0]) == b"\x00\xff"


def test_a_refused_write_changes_nothing_and_spoils_nobody(tell: Callable[[Story], Any]) -> None:
    async def story(box: Database) -> Any:
        return await together(box, *[add(id) for id in "abacada"]), await content(box)

    outcomes, rows = tell(story)
    assert outcomes == [[], [], "taken", [], "taken", [], "taken"]
    assert sorted(rows) == list("abcd")


def test_a_late_refusal_takes_back_what_its_write_had_done(tell: Callable[[Story], Any]) -> None:
    def late(id: str, other: str) -> Write:
        return Write(id, LATE, {"id": id, "other": other})

    async def story(box: Database) -> Any:
        await together(box, *[add(id) for id in "abcd"])
        outcomes = await together(box, late("a", "none"), late("b", "c"), rise("d", 1, "x"), late("none", "a"))
        return outcomes, await content(box)

    outcomes, rows = tell(story)
    assert outcomes == ["late", [], [], "gone"]
    assert (rows["a"], rows["b"], rows["d"]) == (0, 100, 1)


def test_a_broken_constraint_fails_its_own_write_only(tell: Callable[[Story], Any]) -> None:
    async def story(box: Database) -> Any:
        await together(box, *[add(id) for id in "abcdef"])
        outcomes = await together(box, rise("a", 1, "x"), rise("b", 1, "a"), rise("c", 1, "y"), rise("d", 1, "z"))
        return outcomes, await content(box)

    outcomes, rows = tell(story)
    assert [isinstance(each, Exception) for each in outcomes] == [False, True, False, False]
    assert rows["b"] == 0
    assert {"x", "y", "z"} <= set(rows)


def test_more_than_can_wait_are_refused_at_once_and_those_that_wait_are_done(tmp_path: Path) -> None:
    async def story() -> tuple[list[Any], dict[str, int]]:
        async with opened(sqlite, tmp_path) as box:
            await box.migrate(TABLE)
            other = apsw.Connection(str(tmp_path / "db"))
            other.execute("begin immediate")
            made = [asyncio.ensure_future(box.write(add("0")))]
            refused = 0
            for number in range(1, 3 * WAITING):
                try:
                    made.append(asyncio.ensure_future(box.write(add(str(number)))))
                except Overloaded:
                    refused += 1
            other.execute("rollback")
            other.close()
            outcomes = await asyncio.gather(*made)
            await box.write(add("and again"))
            assert WAITING <= len(made) <= WAITING + 2 * GROUP  # those that the thread had taken already waited too
            assert len(made) + refused == 3 * WAITING
            return outcomes, await content(box)

    outcomes, rows = asyncio.run(asyncio.wait_for(story(), 60))
    assert outcomes == [[]] * len(outcomes)
    assert len(rows) == len(outcomes) + 1


def test_a_value_that_cannot_be_sent_fails_its_own_write_only(tell: Callable[[Story], Any]) -> None:
    async def story(box: Database) -> Any:
        return await together(box, add("a"), add("q", body=object()), add("b")), await content(box)

    outcomes, rows = tell(story)
    assert [isinstance(each, Exception) for each in outcomes] == [False, True, False]
    assert sorted(rows) == ["a", "b"]


def test_writes_of_one_key_keep_their_order_whatever_their_kind(tell: Callable[[Story], Any]) -> None:
    async def story(box: Database) -> Any:
        await together(box, add("a"), add("b"))
        writes = []
        for n in range(1, 200):
            writes.append(rise("a", n, f"r{n:03d}"))
            if n % 3 == 0:
                writes.append(Write("a", TAKE, {"id": "a"}))  # + 1: makes the next rise a refusal
            writes.append(Write("b", TAKE, {"id": "b"}))
        return await together(box, *writes)

    expected: list[Any] = []
    n = 0
    for wish in range(1, 200):
        expected.append([] if wish > n else "not higher")
        n = max(n, wish) + (wish % 3 == 0)
    assert [each for each in tell(story) if not (isinstance(each, list) and each)] == expected


def test_rows_are_returned(tell: Callable[[Story], Any]) -> None:
    async def story(box: Database) -> Any:
        await box.write(add("a", 4))
        return [[tuple(row) for row in await box.write(Write("a", TAKE, {"id": "a"}))] for _ in range(3)]

    assert tell(story) == [[(5, b"\x00\xff")], [(6, b"\x00\xff")], [(7, b"\x00\xff")]]


def test_what_was_answered_can_be_read_at_once(tell: Callable[[Story], Any]) -> None:
    async def story(box: Database) -> Any:
        async def one(n: int) -> bool:
            await box.write(add(f"k{n}"))
            return await box.read_one("select id from box where id = :id", {"id": f"k{n}"}) is not None

        return await asyncio.gather(*map(one, range(500)))

    assert all(tell(story))


def test_a_bell_rings_after_the_commit_and_not_otherwise(tell: Callable[[Story], Any]) -> None:
    async def story(box: Database) -> Any:
        silent = await box.bell("boxes", 0.01)
        await box.write(add("a"))
        rung = await box.bell("boxes", 10)
        await together(box, add("a"))  # refused
        return silent, rung, await box.bell("boxes", 0.01)

    assert tell(story) == (False, True, False)


def test_a_bell_of_a_step_rings_when_the_step_touched_a_row(tell: Callable[[Story], Any]) -> None:
    rise_all = Step("update box set n = n + 1 where n > :n", bell="risen")

    async def story(box: Database) -> Any:
        async def rings(*writes: Write) -> bool:
            await together(box, *writes)
            return await box.bell("risen", 0.01)

        def write(id: str, n: int, *steps: Step) -> Write:
            return Write(id, steps, {"id": id, "other": "none", "n": n, "body": None})

        await box.write(add("a", 5))
        none = await rings(write("b", 9, *ADD, rise_all))
        some = await rings(write("c", 4, *ADD, rise_all))
        again = await rings(write("c", 4, *ADD, rise_all))  # refused
        late = await rings(write("d", 4, *ADD, rise_all, LATE[1]), add("e"))
        broken = await rings(write("f", 4, *ADD, rise_all, Step("insert into box (id, n) values (:id, :n)")))
        beside = await rings(write("g", 4, *ADD, rise_all), write("h", 9, *ADD, LATE[1]))
        returned = await rings(write("i", 4, *ADD, rise_all._replace(sql=rise_all.sql + " returning n")))
        return none, some, again, late, broken, beside, returned

    assert tell(story) == (False, True, False, False, False, True, True)


def test_a_bell_can_be_rung_without_a_write(tell: Callable[[Story], Any]) -> None:
    async def story(box: Database) -> Any:
        box.ring("boxes", "others")
        return await box.bell("others", 10), await box.bell("boxes", 10), await box.bell("boxes", 0.01)

    assert tell(story) == (True, True, False)


def test_who_stops_waiting_for_a_bell_has_stopped_whenever_it_rings(tell: Callable[[Story], Any]) -> None:
    async def story(box: Database) -> Any:
        stopped: list[bool] = []
        for turns in range(6):
            waiting = asyncio.ensure_future(box.bell("boxes", 10))
            await asyncio.sleep(0)
            box.ring("boxes")
            for _ in range(turns):
                await asyncio.sleep(0)
            if waiting.cancel():
                await asyncio.wait([waiting])
                stopped.append(waiting.cancelled())
            await box.bell("boxes", 0.001)
        return stopped

    stopped = tell(story)
    assert stopped
    assert all(stopped)


def test_who_reads_while_others_write_meets_no_lock_and_no_half_of_a_write(tell: Callable[[Story], Any]) -> None:
    """Each write raises one row by one and makes another: nobody ever sees one of these alone."""
    made, risen = "select count(*) from box where id like '%-%'", "select sum(n) from box where id like 'k%'"

    async def story(box: Database) -> Any:
        await together(box, *[add(f"k{n}") for n in range(8)])
        seen: set[tuple[int, int]] = set()
        for turn in range(1, 60):
            writing = [box.write(rise(f"k{n}", turn, f"{turn}-{n}")) for n in range(8)]
            writing.append(box.write(Write("k0", LATE, {"id": "k0", "other": "none"})))  # it is taken back
            while not all(each.done() for each in writing):
                seen.add(tuple(await box.read_one(f"select ({made}), ({risen})", {}) or ()))
                await asyncio.sleep(0)
            *risings, late = await asyncio.gather(*writing, return_exceptions=True)
            assert risings == [[]] * 8
            assert isinstance(late, Refused)
        return {pair for pair in seen if pair[0] != pair[1]}, len(seen)

    halves, several = tell(story)
    assert halves == set()
    assert several > 10


def test_a_caller_who_left_does_not_hold_up_the_others(tell: Callable[[Story], Any]) -> None:
    async def story(box: Database) -> Any:
        left, stayed = asyncio.ensure_future(box.write(add("a"))), box.write(add("b"))
        left.cancel()
        return await stayed, sorted(await content(box))

    assert tell(story) == ([], ["a", "b"])


@pytest.mark.parametrize("make", SHARED)
def test_closing_answers_what_waits(make: Make, tmp_path: Path) -> None:
    async def story() -> Any:
        box = await make(tmp_path)
        await box.migrate(TABLE)
        waiting = [box.write(add(f"k{n}")) for n in range(1000)]
        outcomes, _ = await asyncio.gather(asyncio.gather(*waiting), box.close())
        return outcomes

    assert asyncio.run(story()) == [[]] * 1000


@pytest.mark.parametrize("make", SHARED)
def test_a_store_of_a_newer_version_is_refused_with_a_sentence_and_left_alone(make: Make, tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(make, tmp_path) as box:
            await box.migrate([*TABLE, (7, "create table later (id text primary key);\n")])
        async with opened(make, tmp_path) as box:
            with pytest.raises(UnusableStore, match="version 7, and this program knows versions up to 1"):
                await box.migrate(TABLE)

    asyncio.run(story())


@pytest.mark.parametrize("make", SHARED)
def test_a_script_that_fails_leaves_the_store_as_it_was(make: Make, tmp_path: Path) -> None:
    half = [*TABLE, (2, "create table half (id text primary key);\nnonsense;\n")]

    async def story() -> Any:
        async with opened(make, tmp_path) as box:
            with pytest.raises(UnusableStore, match="nonsense"):
                await box.migrate(half)
            await box.migrate([*TABLE, (2, "create table half (id text primary key);\n")])
            await box.write(add("a"))
            return await content(box)

    assert asyncio.run(story()) == {"a": 0}


def test_what_is_in_memory_can_be_copied_and_lives_on_by_itself() -> None:
    async def story() -> Any:
        one = SqliteInMemory()
        await one.migrate(TABLE)
        await together(one, add("a", 1), add("b", 2))
        image = one.image()
        copies = [SqliteInMemory(image), SqliteInMemory(image)]
        await copies[0].migrate(TABLE)
        await together(copies[0], add("c", 3))
        await one.write(Write("a", TAKE, {"id": "a"}))
        await one.close()
        found = [await content(copy) for copy in copies]
        for copy in copies:
            await copy.close()
        return found

    assert asyncio.run(story()) == [{"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 2}]


@pytest.mark.parametrize("make", SHARED)
def test_two_processes_may_write_at_once(make: Make, tmp_path: Path) -> None:
    async def story() -> Any:
        async with opened(make, tmp_path) as one, opened(make, tmp_path) as other:
            await asyncio.gather(one.migrate(TABLE), other.migrate(TABLE))
            boxes = [one, other] * 250
            outcomes = await asyncio.gather(*[box.write(add(f"k{n}")) for n, box in enumerate(boxes)])
            return outcomes, len(await content(one))

    assert asyncio.run(story()) == ([[]] * 500, 500)


# -- several processes: two engines on one store ---------------------------------------------------------------------

Pair = Callable[[Database, Database], Coroutine[Any, Any, Any]]


@pytest.fixture(
    params=[*SHARED, pytest.param("nats", marks=[pytest.mark.engine("nats"), pytest.mark.engine("postgresql")])]
)
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Pair], Any]:
    """Runs a story over two that have one store."""
    if request.param == "nats":
        return pair_of(over(request.getfixturevalue("nats").address), tmp_path)
    return pair_of(request.param, tmp_path)


def over(bus: str) -> Make:
    """PostgreSQL, with NATS for its bells."""

    async def make(folder: Path) -> Database:
        from parhelion.server.bus.nats import Nats
        from parhelion.server.databases.postgres import Postgres

        return Postgres(address_in(folder), line=Nats(bus_of(bus), folder.name))

    return make


@pytest.fixture
def two_on_a_file(tmp_path: Path) -> Callable[[Pair], Any]:
    return pair_of(sqlite, tmp_path)


def pair_of(make: Make, folder: Path) -> Callable[[Pair], Any]:
    def run(story: Pair) -> Any:
        async def told() -> Any:
            async with opened(make, folder) as one, opened(make, folder) as other:
                await asyncio.gather(one.migrate(TABLE), other.migrate(TABLE))
                return await asyncio.wait_for(story(one, other), 30)

        return asyncio.run(told())

    return run


def test_a_bell_is_heard_everywhere_by_who_wants_it(both: Callable[[Pair], Any]) -> None:
    async def story(one: Database, other: Database) -> Any:
        begun = await one.bell("boxes", 10, everywhere=True)  # somebody may have rung before
        silent = await one.bell("boxes", 0.01, everywhere=True)
        rung = []
        for number in range(3):
            await other.write(add(f"a{number}"))
            rung.append(await one.bell("boxes", 10, everywhere=True))
        await one.write(add("b"))
        ours = await one.bell("boxes", 10, everywhere=True)
        return begun, silent, rung, ours, await one.bell("boxes", 0.01, everywhere=True)

    assert both(story) == (True, False, [True] * 3, True, False)


def test_a_bell_is_heard_from_elsewhere_by_nobody_else(both: Callable[[Pair], Any]) -> None:
    async def story(one: Database, other: Database) -> Any:
        await one.bell("others", 10, everywhere=True)
        silent = await one.bell("boxes", 0.01)
        await other.write(add("a"))
        return silent, await one.bell("boxes", 0.1), await one.bell("others", 0.01, everywhere=True)

    assert both(story) == (False, False, False)


def test_who_waits_hears_a_bell_from_elsewhere_long_before_it_would_look_anyway(both: Callable[[Pair], Any]) -> None:
    async def story(one: Database, other: Database) -> Any:
        await one.bell("boxes", 10, everywhere=True)
        waiting = asyncio.create_task(one.bell("boxes", 25, everywhere=True))
        await asyncio.sleep(0)
        await other.write(add("a"))
        return await asyncio.wait_for(waiting, 10)

    assert both(story)


def test_a_bell_that_rang_while_nobody_waited_is_heard_once(
    two_on_a_file: Callable[[Pair], Any], tmp_path: Path
) -> None:
    async def story(one: Database, other: Database) -> Any:
        await one.bell("boxes", 10, everywhere=True)
        await other.write(add("a"))
        [rope] = (tmp_path / "db-bells").iterdir()
        pipe = os.open(rope, os.O_WRONLY | os.O_NONBLOCK)
        with suppress(BlockingIOError):  # it is full
            while os.write(pipe, b"!" * 512):
                pass
        os.close(pipe)
        outcome = await other.write(add("b"))  # who rings does not wait, either
        heard = [await one.bell("boxes", 10, everywhere=True)]
        while await one.bell("boxes", 0.01, everywhere=True):
            heard.append(True)
        return outcome, len(heard) <= 3

    assert two_on_a_file(story) == ([], True)


def test_a_rope_of_one_who_died_is_taken_away(two_on_a_file: Callable[[Pair], Any], tmp_path: Path) -> None:
    async def story(one: Database, other: Database) -> Any:
        await one.bell("boxes", 10, everywhere=True)
        folder = tmp_path / "db-bells"
        os.mkfifo(folder / "boxes.dead", 0o600)
        (folder / "boxes.none").write_bytes(b"no pipe")
        dying = os.open(folder / "boxes.dead", os.O_RDONLY | os.O_NONBLOCK)
        await other.write(add("a"))
        there = sorted(path.name for path in folder.iterdir())[:2]
        os.close(dying)
        await other.write(add("b"))
        left = [path.name for path in folder.iterdir() if path.name == "boxes.dead"]
        return there[-1], left, (folder / "boxes.none").read_bytes(), await one.bell("boxes", 10, everywhere=True)

    there, left, stranger, heard = two_on_a_file(story)
    assert (left, stranger, heard) == ([], b"no pipe", True)
    assert there.startswith("boxes.")


def test_who_closes_leaves_no_rope_behind(tmp_path: Path) -> None:
    async def story() -> Any:
        async with opened(sqlite, tmp_path) as box:
            await box.migrate(TABLE)
            await box.bell("boxes", 10, everywhere=True)
            ropes = list((tmp_path / "db-bells").iterdir())
        return len(ropes), list((tmp_path / "db-bells").iterdir())

    assert asyncio.run(story()) == (1, [])


def test_where_no_rope_can_hang_bells_of_the_process_itself_are_heard(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "db-bells").write_bytes(b"a file")

    async def story() -> Any:
        async with opened(sqlite, tmp_path) as box:
            await box.migrate(TABLE)
            await box.bell("boxes", 10, everywhere=True)
            await box.write(add("a"))
            return await box.bell("boxes", 10, everywhere=True), await box.bell("boxes", 0.01, everywhere=True)

    assert asyncio.run(story()) == (True, False)
    assert len(caplog.records) == 1, "it is told once"


WITHOUT_PAUSE = """
import asyncio, sys
from pathlib import Path
from parhelion.server.bus.address import bus_of
from parhelion.server.databases import _turns
from parhelion.server.databases.sqlite import Sqlite
from parhelion.server.ports import Step, Write

MORE = Write("busy", (Step("update box set n = n + 1 where id = 'busy'"),), {})

async def write(box):
    while True:
        await box.write(MORE)

async def main():
    box = Sqlite(Path(sys.argv[1]))
    await asyncio.gather(*[write(box) for _ in range(int(sys.argv[2]))])

asyncio.run(main())
"""


def test_who_writes_without_pause_lets_others_in(tmp_path: Path) -> None:
    """By how many commits of another process come between a write and its commit."""
    several = 64  # writes of a commit, about

    async def prepare() -> None:
        async with opened(sqlite, tmp_path) as box:
            await box.migrate(TABLE)
            await box.write(add("busy"))

    async def story() -> list[float]:
        passed: list[float] = []
        async with opened(sqlite, tmp_path) as box:
            while (await content(box))["busy"] < 10 * several:  # noqa: ASYNC110 - another process begins
                await asyncio.sleep(0.01)
            for _ in range(300):
                before = (await content(box))["busy"]
                [[after, _]] = await box.write(Write("busy", TAKE, {"id": "busy"}))
                passed.append((after - before) / several)
        return sorted(passed)

    asyncio.run(prepare())
    with subprocess.Popen([sys.executable, "-c", WITHOUT_PAUSE, str(tmp_path / "db"), str(several)]) as other:
        try:
            passed = asyncio.run(asyncio.wait_for(story(), 60))
        finally:
            other.kill()
    assert passed[len(passed) * 9 // 10] <= 3, passed
    assert passed[-1] <= 20, passed


@pytest.mark.parametrize("held", ["file", "door"])
def test_a_store_that_somebody_holds_for_too_long_is_unavailable_and_then_is_again(
    two_on_a_file: Callable[[Pair], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    monkeypatch.setattr(_turns, "PATIENCE", 0.1)

    async def story(one: Database, other: Database) -> Any:
        await other.write(add("a"))
        if held == "file":
            holder = apsw.Connection(str(tmp_path / "db"))  # sqlite3 has locks of its own
            holder.execute("begin immediate")
            let_go = holder.close
        else:
            door = (tmp_path / "db-turn").open("r+b")
            fcntl.flock(door, fcntl.LOCK_EX)
            let_go = door.close
        outcomes = await asyncio.gather(one.write(add("b")), other.write(add("c")), return_exceptions=True)
        let_go()
        return [type(each) for each in outcomes], await one.write(add("b")), sorted(await content(other))

    assert two_on_a_file(story) == ([Unavailable] * 2, [], ["a", "b"])


def test_messages_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    async def story() -> None:
        box = Sqlite(tmp_path / "db")
        await box.migrate(TABLE)
        await box.write(add("a"))
        modes.update(file.stat().st_mode & 0o777 for file in tmp_path.glob("*"))  # noqa: ASYNC240
        await box.close()

    modes: set[int] = set()
    asyncio.run(story())
    assert modes == {0o600}

"""PostgreSQL: what goes wrong with a server, a connection or a commit. What was answered is there, and there once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from parhelion.server.ports import Full, Overloaded, Refused, Step, Unavailable, Unknown, UnusableStore, Write
from tests.engines import chosen
from tests.engines.postgres import Server, ask
from tests.engines.programs import NoServer

pytest.importorskip("asyncpg")

from parhelion.server.databases import _connecting, _readers, _writers
from parhelion.server.databases.postgres import WAITING, Postgres

pytestmark = pytest.mark.engine("postgresql")

TABLE = [(1, "create table box (id text primary key, n bigint not null);\n")]
ADD = (Step("insert into box (id, n) values (:id, :n) on conflict do nothing", "taken"),)
# None of these can be done again without being noticed.
MORE = (Step("update box set n = n + 1 where id = :id"),)
TAKE = (Step("update box set n = n + 1 where id = :id returning n"),)
BOTH = (
    Step("update box set n = n + 1 where id = :id", "no such box"),
    Step("update box set n = n + 1 where id = :other", "no other"),
)
BOXES = [f"box{number}" for number in range(8)]


def add(id: str, n: int = 0) -> Write:
    return Write(id, ADD, {"id": id, "n": n}, ("boxes",))


def more(id: str) -> Write:
    return Write(id, MORE, {"id": id})


def take(id: str) -> Write:
    return Write(id, TAKE, {"id": id})


def both(id: str, other: str) -> Write:
    return Write(id, BOTH, {"id": id, "other": other})


@pytest.fixture
def address() -> str:
    return chosen.fresh()


@asynccontextmanager
async def opened(address: str, **how: Any) -> AsyncIterator[Postgres]:
    box = Postgres(address, **how)
    try:
        await box.migrate(TABLE)
        yield box
    finally:
        await box.close()


async def content(box: Postgres) -> dict[str, int]:
    return {row[0]: row[1] for row in await box.read_all("select id, n from box order by id", {})}


def run(story: Callable[[], Coroutine[Any, Any, Any]], seconds: float = 60) -> Any:
    return asyncio.run(asyncio.wait_for(story(), seconds))


async def until(what: Callable[[], bool]) -> None:
    while not what():  # noqa: ASYNC110 - it is somebody else's doing
        await asyncio.sleep(0.005)


class Raising:
    """Boxes that are raised without pause, and how often each was by what was answered."""

    def __init__(self, box: Postgres) -> None:
        self.box = box
        self.expected = dict.fromkeys(BOXES, 0)
        self.answers = 0
        self._over = False

    async def until(self, story: Callable[[], Coroutine[Any, Any, None]], posters: int = 32) -> None:
        await asyncio.gather(*[self.box.write(add(id)) for id in BOXES])
        raising = [asyncio.create_task(self._raise()) for _ in range(posters)]
        try:
            await story()
        finally:
            self._over = True
            await asyncio.gather(*raising)

    async def some(self, more: int = 100) -> None:
        """Until so many more were answered."""
        enough = self.answers + more
        await until(lambda: self.answers >= enough)

    async def _raise(self) -> None:
        dice = random.Random(0)
        while not self._over:
            one, other = dice.sample(BOXES, 2)
            what = dice.choice([more(one), more(one), take(one), both(one, other), both(one, "none")])
            try:
                await self.box.write(what)
            except Refused:
                assert what.values.get("other") == "none"
                continue
            self.expected[one] += 1
            if what.steps is BOTH:
                self.expected[other] += 1
            self.answers += 1

    async def check(self) -> None:
        assert await content(self.box) == self.expected
        assert self.answers > 200


def test_connections_that_are_killed_lose_nothing_and_double_nothing(address: str) -> None:
    async def story() -> None:
        import asyncpg

        async with opened(address) as box:
            raising = Raising(box)
            killer = await asyncpg.connect(address)

            async def kill() -> None:
                for _ in range(25):
                    await asyncio.sleep(random.uniform(0.0, 0.03))
                    await killer.execute(
                        "select pg_terminate_backend(pid) from pg_stat_activity"
                        " where application_name = 'parhelion' and datname = current_database() and random() < 0.7"
                    )
                    await raising.some(20)

            await raising.until(kill)
            await killer.close()
            await raising.check()

    run(story)


class Wire:
    """Between a program and its database. Armed, it breaks at the next group: see `how`."""

    def __init__(self, there: str, how: str) -> None:
        """`how`: the answer is lost; or what is asked arrives only after who asked has gone; or never."""
        self._there, self._how = (urlsplit(there).hostname, urlsplit(there).port), how
        self.armed, self.broken, self.open = False, 0, 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        there_reader, there_writer = await asyncio.open_connection(*self._there)
        silent = False

        async def answers() -> None:
            with suppress(OSError):
                while data := await there_reader.read(65536):
                    if not silent:
                        writer.write(data)
            writer.close()

        back = asyncio.create_task(answers())
        with suppress(OSError):
            while data := await reader.read(65536):
                if self.armed and any(word in data for word in (b"pg_temp.", b"write_", b"commit", b"update")):
                    silent, self.armed, self.broken = True, False, self.broken + 1
                    if self._how == "late":
                        writer.close()
                        await asyncio.sleep(0.4)
                    if self._how != "never":
                        there_writer.write(data)
                        await asyncio.sleep(0.05)
                    break
                there_writer.write(data)
        for each in (writer, there_writer):
            each.close()
            with suppress(OSError):
                await each.wait_closed()
        await back
        self.open -= 1


@pytest.mark.parametrize("how", ["unanswered", "late", "never"])
def test_a_commit_whose_answer_is_lost_is_found_out_and_not_done_again(address: str, how: str) -> None:
    async def story() -> None:
        wire = Wire(address, how)
        async with await asyncio.start_server(wire, "127.0.0.1", 0) as proxy:
            port = proxy.sockets[0].getsockname()[1]
            behind = address.replace(f":{urlsplit(address).port}/", f":{port}/")
            async with opened(behind, writers=1) as box:
                raising = Raising(box)

                async def cut() -> None:
                    for number in range(1, 13):
                        await raising.some(20)
                        wire.armed = True
                        await until(lambda number=number: wire.broken == number)

                await raising.until(cut, posters=8)
                await raising.check()
                assert wire.broken == 12
            await until(lambda: not wire.open)

    run(story)


@pytest.fixture
def own() -> AsyncIterator[Server]:
    try:
        server = Server()
    except NoServer as why:
        pytest.skip(str(why))
    yield server
    server.remove()


def test_a_server_that_is_stopped_and_started_again_under_load_loses_nothing_and_doubles_nothing(own: Server) -> None:
    async def story() -> None:
        async with opened(own.address()) as box:
            raising = Raising(box)
            await box.bell("boxes", 10, everywhere=True)
            reads = 0

            async def restart() -> None:
                nonlocal reads
                for how in ("fast", "immediate", "immediate"):
                    await raising.some(200)
                    await asyncio.to_thread(own.stop, how)
                    reading = asyncio.create_task(content(box))
                    await asyncio.sleep(0.2)
                    await asyncio.to_thread(own.start)
                    reads += len(await reading)

            await raising.until(restart)
            await raising.check()
            assert reads == 3 * len(BOXES)
            async with opened(own.address()) as other:
                while await box.bell("boxes", 0.2, everywhere=True):  # a new line rings once
                    pass
                await other.write(add("last"))
                assert await box.bell("boxes", 10, everywhere=True), "bells are heard again"

    run(story, 120)


NO_STANDBY = ("alter system set synchronous_standby_names = 'nobody'", "select pg_reload_conf()")
STANDBY_BACK = ("alter system reset synchronous_standby_names", "select pg_reload_conf()")
CANCEL = "select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'"
WAITS = "select pid from pg_stat_activity where wait_event = 'SyncRep'"


async def somebody_waits(server: Server) -> None:
    """For a standby."""
    while not await asyncio.to_thread(ask, server.address(), WAITS):  # noqa: ASYNC110 - nobody says when
        await asyncio.sleep(0.01)


def test_a_leader_whose_standby_is_gone_can_be_shut_down_and_what_it_had_not_confirmed_is_not_answered(
    own: Server,
) -> None:
    """What waits for the standby is cut off, and connections end: their functions are taken away, which is a commit."""

    async def story() -> None:
        async with opened(own.address()) as box:
            await asyncio.gather(*[box.write(add(id)) for id in BOXES])
            await asyncio.to_thread(ask, own.address(), *NO_STANDBY)
            writing = [asyncio.ensure_future(box.write(add(f"late {id}"))) for id in BOXES]
            await somebody_waits(own)
            await asyncio.to_thread(own.stop, "fast")
            assert not any(each.done() for each in writing), "it is not known whether this outlives the leader"
            (own.folder / "data" / "postgresql.auto.conf").unlink()
            await asyncio.to_thread(own.start)
            await asyncio.gather(*writing)
            assert set(await content(box)) == {*BOXES, *(f"late {id}" for id in BOXES)}

    run(story, 120)


def test_who_was_replaced_is_not_read_from_any_more(own: Server, address: str) -> None:
    """It lives on, and takes no new connections: over those that it has it would answer with what was before."""
    where = urlsplit(address)
    name = where.path[1:]
    ask(own.address(), f"create database {name} template template0")

    async def story() -> None:
        async with opened(address) as other:
            await other.write(add("new"))
        several = address.replace(f":{where.port}/", f":{own.port},127.0.0.1:{where.port}/")
        async with opened(several) as box:
            await box.write(add("old"))
            assert set(await content(box)) == {"old"}
            await asyncio.to_thread(
                ask,
                own.address(),
                f"alter database {name} with allow_connections false",
                f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
                " and query not like 'select id%'",
            )
            await box.write(add("newer"))
            assert set(await content(box)) == {"new", "newer"}

    run(story)


def test_nothing_is_answered_before_the_standby_has_it(own: Server) -> None:
    """Whichever way it is written: in a group, statement by statement, or found by its receipt."""

    async def story() -> None:
        async with opened(own.address()) as box:
            await box.write(add("a"))
            await asyncio.to_thread(ask, own.address(), *NO_STANDBY)
            for write, refused in ((add("b"), None), (take("a"), None), (both("a", "none"), "no other")):
                writing = asyncio.ensure_future(box.write(write))
                await somebody_waits(own)
                await asyncio.to_thread(ask, own.address(), CANCEL)
                await somebody_waits(own)  # the commit is there now, but on no standby: who asks for the receipt waits
                assert not writing.done()
                await asyncio.to_thread(ask, own.address(), *STANDBY_BACK)
                [told] = await asyncio.gather(writing, return_exceptions=True)
                assert getattr(told, "why", None) == refused, "what was refused is not told as done"
                await asyncio.to_thread(ask, own.address(), *NO_STANDBY)
            await asyncio.to_thread(ask, own.address(), *STANDBY_BACK)
            assert await content(box) == {"a": 1, "b": 0}

    run(story, 120)


def test_a_server_that_stays_away_is_unavailable_and_then_is_again(
    own: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_writers, "PATIENCE", 0.3)
    monkeypatch.setattr(_readers, "PATIENCE", 0.3)

    async def story() -> None:
        async with opened(own.address()) as box:
            await box.write(add("a"))
            await asyncio.to_thread(own.stop)
            found = await asyncio.gather(
                box.write(add("b")), box.write(take("a")), content(box), return_exceptions=True
            )
            assert [type(each) for each in found] == [Unavailable] * 3, found
            await asyncio.to_thread(own.start)
            await box.write(add("b"))
            assert await content(box) == {"a": 0, "b": 0}

    run(story)


def test_who_does_not_know_what_became_of_a_write_says_so(own: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_writers, "UNSURE", 0.3)

    async def story() -> None:
        async with opened(own.address()) as box:
            await box.write(add("a"))
            holder = await _connecting.Address(own.address()).connect()
            await holder.execute("begin; update box set n = n where id = 'a'")
            writing = box.write(more("a"))
            await asyncio.sleep(0.2)
            await asyncio.to_thread(own.stop, "immediate")
            with pytest.raises(Unknown, match="not known"):
                await writing

    run(story)


def test_a_row_that_somebody_holds_for_too_long_holds_up_nobody_else(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_connecting.SETTINGS, "statement_timeout", "200ms")

    async def story() -> None:
        async with opened(address, writers=1) as box:
            await asyncio.gather(*[box.write(add(id)) for id in BOXES])
            holder = await _connecting.Address(address).connect()
            await holder.execute("begin; update box set n = n where id = 'box3'")
            found = await asyncio.gather(*[box.write(more(id)) for id in BOXES], return_exceptions=True)
            assert [type(each) for each in found] == [list] * 3 + [Unavailable] + [list] * 4
            with pytest.raises(Unavailable):
                await box.write(take("box3"))
            await holder.execute("rollback")
            await box.write(more("box3"))
            assert await content(box) == dict.fromkeys(BOXES, 1)
            await holder.close(timeout=5)

    run(story)


def test_a_server_without_room_is_full_and_then_is_well_again(address: str) -> None:
    """It says so for one row: who wrote beside it is done."""
    no_room = """
        create function no_room() returns trigger language plpgsql as $$ begin
            raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
        create trigger no_room before update on box for each row when (new.id = 'box3') execute function no_room()"""

    async def story() -> None:
        async with opened(address, writers=1) as box:
            await asyncio.gather(*[box.write(add(id)) for id in BOXES])
            other = await _connecting.Address(address).connect()
            await other.execute(no_room)
            found = await asyncio.gather(*[box.write(more(id)) for id in BOXES], return_exceptions=True)
            assert Full in {type(each) for each in found} <= {Full, list}
            with pytest.raises(Full, match="No space left"):
                await box.write(more("box3"))
            await other.execute("drop trigger no_room on box; drop function no_room")
            await box.write(more("box3"))
            assert (await content(box))["box3"] == 1
            await other.close(timeout=5)

    run(story)


def test_more_than_can_wait_are_refused_at_once_and_those_that_wait_are_done(address: str) -> None:
    async def story() -> None:
        async with opened(address) as box:
            await box.write(add("busy"))
            holder = await _connecting.Address(address).connect()
            await holder.execute("begin; lock table box in exclusive mode")
            made, refused = [], 0
            for number in range(WAITING + 100):
                try:
                    made.append(box.write(add(str(number))))
                except Overloaded:
                    refused += 1
            assert refused
            await holder.execute("rollback")
            assert await asyncio.gather(*made) == [[]] * len(made)
            assert len(await content(box)) == len(made) + 1
            await holder.close(timeout=5)

    run(story)


def test_few_connections_are_enough(address: str) -> None:
    few = f"few_{address.rpartition('/')[2]}"
    ask(address, f"create role {few} login connection limit 4", f"grant all on schema public to {few}")

    async def story() -> None:
        async with opened(address.replace("parhelion@", f"{few}@")) as box:
            waiting = asyncio.create_task(box.bell("none", 1, everywhere=True))
            await asyncio.gather(*[box.write(add(f"{n}")) for n in range(50)], *[content(box) for _ in range(50)])
            assert len(await content(box)) == 50
            await waiting

    run(story)
    ask(address, f"alter role {few} connection limit 0")
    with pytest.raises(UnusableStore, match="too many connections"):
        run(story)


def test_writes_that_lock_one_another_out_are_all_done(address: str) -> None:
    async def story() -> None:
        async with opened(address) as one, opened(address) as other:
            await asyncio.gather(*[one.write(add(id)) for id in BOXES])
            writes = []
            for number in range(200):
                first, second = BOXES[number % 8], BOXES[(number + 3) % 8]
                writes += [one.write(both(first, second)), other.write(both(second, first))]
            assert await asyncio.gather(*writes) == [[]] * len(writes)
            assert await content(one) == dict.fromkeys(BOXES, 100)

    run(story)


def test_a_receipt_that_was_forgotten_is_written_anew(address: str) -> None:
    async def story() -> None:
        async with opened(address) as box:
            await asyncio.gather(*[box.write(add(id)) for id in BOXES])
            await asyncio.to_thread(ask, address, "delete from receipt")
            await asyncio.gather(*[box.write(more(id)) for id in BOXES], box.write(take("box0")))
            assert await content(box) == {id: 1 + (id == "box0") for id in BOXES}

    run(story)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("postgresql://parhelion:geheim@127.0.0.1:1/none", "cannot be reached"),
        ("postgresql://parhelion:geheim@127.0.0.1:99999/none", "is no address"),
        ("postgresql://parhelion:geheim@127.0.0.1:x/none", "is no address"),
        ("mysql://parhelion:geheim@127.0.0.1/none", "begins with postgresql://"),
        ("postgresql://parhelion:geheim@127.0.0.1:1/none?sslmode=maybe", "`sslmode` parameter must be one of"),
        ("postgresql://parhelion:geheim@127.0.0.1:1/none?sslmode=verify-full&sslrootcert=none", "cannot be"),
        *((f"postgresql://parhelion:x{sign}geheim@127.0.0.1:1/none", "%2F") for sign in "/?#["),
        ("postgresql://parhelion:[geheim]@127.0.0.1:1/none", "%2F"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(wrong: str, says: str) -> None:
    async def story() -> None:
        async with opened(wrong):
            pass

    with pytest.raises(UnusableStore, match=says) as told:
        run(story)
    assert "geheim" not in str(told.value) + repr(told.value.__cause__)


def test_a_database_that_is_not_there_is_told_so(address: str) -> None:
    async def story() -> None:
        async with opened(address + "_not"):
            pass

    with pytest.raises(UnusableStore, match="does not exist"):
        run(story)


def test_the_host_that_takes_writes_is_found_among_several(address: str) -> None:
    port = urlsplit(address).port
    several = address.replace(f"127.0.0.1:{port}", f"127.0.0.1:1,127.0.0.1:{port}")

    async def story() -> None:
        async with opened(several) as box:
            await box.write(add("a"))
            assert await content(box) == {"a": 0}

    run(story)

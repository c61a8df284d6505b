"""Lines that carry bells between nodes: what all of them must hold, and what becomes of bells while NATS is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from parhelion.server.bus.address import Bus, bus_of
from parhelion.server.databases import _calls
from parhelion.server.ports import Database, Line, Unavailable
from tests.engines import chosen
from tests.engines.nats import Servers
from tests.engines.programs import NoServer

Lines = Callable[[], Line]
Story = Callable[[], Coroutine[Any, Any, Any]]
NEAR = [pytest.mark.engine("nats"), pytest.mark.engine("postgresql")]


def run(story: Story, seconds: float = 60) -> Any:
    return asyncio.run(asyncio.wait_for(story(), seconds))


async def until(what: Callable[[], Any], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not what():  # noqa: ASYNC110 - it is somebody else's doing
            await asyncio.sleep(0.01)


# -- what an address says ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nats://a", Bus("nats", ("a:4222",))),
        ("tls://a.example.org:7422/", Bus("tls", ("a.example.org:7422",))),
        ("nats://a:1,b:2, [::1]:3", Bus("nats", ("a:1", "b:2", "[::1]:3"))),
        ("nats://me:p%40w%2C@a,nats://b", Bus("nats", ("a:4222", "b:4222"), "me", "p@w,")),
        ("nats://me:@a", Bus("nats", ("a:4222",), "me", "")),
        ("nats://hush@a,b:9", Bus("nats", ("a:4222", "b:9"), token="hush")),
        ("nats://me:hush@a,nats://me:hush@b", Bus("nats", ("a:4222", "b:4222"), "me", "hush")),
    ],
)
def test_an_address_says_where_and_who(address: str, said: Bus) -> None:
    assert bus_of(address) == said
    assert "hush" not in f"{said} {said!r}"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hush",
        "hush:4222",
        "nats://",
        "nats://me:hush@",
        "nats://me:hush@a,",
        "nats://me:hush@a:99999",
        "nats://me:hush@a/b",
        "http://me:hush@a",
        "tls://me:hush@a,nats://b",
        "nats://me:hush@a,nats://you:hush@b",
    ],
)
def test_what_is_no_address_is_told_without_it(address: str) -> None:
    with pytest.raises(ValueError, match=r"address such as|should") as told:
        bus_of(address)
    assert "hush" not in str(told.value)


def test_a_bus_that_cannot_be_used_is_refused_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from parhelion.cli import main

    for name in ("PARHELION_DATABASE", "PARHELION_BUS"):
        monkeypatch.delenv(name, raising=False)
    serve = ["serve", "--port", "0", "--data", str(tmp_path / "data")]

    def refused(*arguments: str) -> str:
        assert main([*serve, *arguments]) == 1
        return capsys.readouterr().err

    alone = "parhelion: a bus is for servers that share a PostgreSQL: say where that is (--database)"
    assert refused("--bus", "nats://me:hush@a").startswith(alone)
    monkeypatch.setenv("PARHELION_BUS", "nats://me:hush@a")
    assert refused().startswith(alone)
    monkeypatch.setenv("PARHELION_BUS", "me:hush@a")
    assert refused().startswith("parhelion: PARHELION_BUS: it should begin with nats://")
    with pytest.raises(SystemExit) as ended:
        main([*serve, "--bus", "hush"])
    assert ended.value.code == 2
    assert "argument --bus: it should begin with nats://" in capsys.readouterr().err
    assert main(["serve", "--testing", "--bus", "nats://hush@a"]) == 1
    assert "leave out --bus, or --testing" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


# -- what every line holds --------------------------------------------------------------------------------------------


@pytest.fixture(
    params=[pytest.param("notify", marks=pytest.mark.engine("postgresql")), pytest.param("nats", marks=NEAR)]
)
def lines(request: pytest.FixtureRequest) -> Lines:
    """Makes lines that lead to one another."""
    if request.param == "nats":
        from parhelion.server.bus.nats import Nats

        bus = bus_of(request.getfixturevalue("nats").address)
        return lambda: Nats(bus, request.node.name)
    from parhelion.server.databases._connecting import Address
    from parhelion.server.databases._notify import Notify

    address = Address(chosen.fresh())
    return lambda: Notify(address)


class End:
    """Of a line: what was heard there, and whether it was lost."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.heard: list[str] = []
        self.lost = 0

    async def open(self) -> None:
        def lost() -> None:
            self.lost += 1

        await self.line.open(self.heard.append, lost)


@asynccontextmanager
async def ends(lines: Lines, several: int = 3) -> AsyncIterator[list[End]]:
    opened = [End(lines()) for _ in range(several)]
    try:
        for end in opened:
            await end.open()
        yield opened
    finally:
        for end in opened:
            await end.line.close()


def test_what_is_called_is_heard_by_all_others_and_not_by_who_called(lines: Lines) -> None:
    async def story() -> None:
        async with ends(lines) as (one, other, third):
            await one.line.call(["told"])
            await until(lambda: other.heard and third.heard)
            await other.line.call(["deliver", "told"])
            await until(lambda: len(one.heard) == 2)
            await until(lambda: len(third.heard) == 3)
            assert (sorted(one.heard), other.heard) == (["deliver", "told"], ["told"])
            await third.line.call([])
            assert not one.lost + other.lost + third.lost

    run(story)


def test_who_has_closed_hears_nothing_and_may_open_again(lines: Lines) -> None:
    async def story() -> None:
        async with ends(lines, 2) as (one, other):
            await other.line.close()
            await one.line.call(["told"])
            with pytest.raises(Exception):  # noqa: B017 - each line has its own
                await other.line.call(["told"])
            await other.open()
            assert other.heard == [], "a line keeps nothing"
            await one.line.call(["deliver"])
            await until(lambda: other.heard)
            assert other.heard == ["deliver"]

    run(story)


# -- NATS away --------------------------------------------------------------------------------------------------------


@pytest.fixture
def cluster() -> Iterator[Servers]:
    try:
        servers = Servers(3)
    except NoServer as why:
        pytest.skip(str(why))
    yield servers
    servers.remove()


@pytest.fixture
def guarded() -> Iterator[Callable[[str], Servers]]:
    """Starts servers that let in whoever their configuration names."""
    started: list[Servers] = []

    def start(more: str) -> Servers:
        try:
            started.append(Servers(more=more))
        except NoServer as why:
            pytest.skip(str(why))
        return started[-1]

    yield start
    for each in started:
        each.remove()


def line_to(address: str, store: str = "test") -> Line:
    from parhelion.server.bus.nats import Nats

    return Nats(bus_of(address), store)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_calls, "PAUSE", 0.05)


@asynccontextmanager
async def nodes(*addresses: str) -> AsyncIterator[list[Database]]:
    """On one store, each with its bus."""
    from parhelion.server.databases.postgres import Postgres

    database = await asyncio.to_thread(chosen.fresh)
    opened = [Postgres(database, line=line_to(address)) for address in addresses]
    try:
        await asyncio.gather(*[each.migrate([(1, "create table box (id text primary key);\n")]) for each in opened])
        yield list(opened)
    finally:
        await asyncio.gather(*[each.close() for each in opened])


async def rings(one: Database, other: Database) -> None:
    """Until what one rings is heard at the other."""
    async with asyncio.timeout(20):
        while True:
            one.ring("boxes")
            if await other.bell("boxes", 0.2, everywhere=True):
                return


async def quiet(node: Database) -> None:
    while await node.bell("boxes", 0.1, everywhere=True):
        pass


@pytest.mark.engine("nats")
@pytest.mark.engine("postgresql")
def test_a_server_of_the_cluster_that_dies_is_replaced_by_another(cluster: Servers, impatient: None) -> None:
    async def story() -> None:
        first = cluster.nodes[0]
        # They are told of one server, and learn of the others from it.
        async with nodes(f"nats://{first.host}", f"nats://{first.host}") as (one, other):
            await rings(one, other)
            await quiet(other)
            await asyncio.to_thread(first.kill)
            assert await other.bell("boxes", 20, everywhere=True), "a new line rings for what was missed"
            await quiet(other)
            await rings(one, other)
            await rings(other, one)

    run(story)


@pytest.mark.engine("nats")
@pytest.mark.engine("postgresql")
def test_while_nats_is_away_nodes_work_and_say_so_once_and_hear_again_when_it_is_back(
    guarded: Callable[[str], Servers], impatient: None, caplog: pytest.LogCaptureFixture
) -> None:
    servers = guarded("")
    [server] = servers.nodes
    server.kill()

    def late() -> int:
        return sum("is heard late" in record.message for record in caplog.records)

    async def story() -> None:
        async with nodes(servers.address, servers.address) as (one, other):
            for outage in (1, 2):
                waiting = asyncio.create_task(other.bell("boxes", 0.5, everywhere=True))
                one.ring("boxes")
                assert await one.bell("boxes", 5), "what rings here is heard here"
                await waiting
                await until(lambda outage=outage: late() == 2 * outage)
                await asyncio.sleep(0.3)  # in which it is tried again
                assert late() == 2 * outage, "each says it once"
                await asyncio.to_thread(server.start)
                await rings(one, other)
                await quiet(other)
                await asyncio.to_thread(server.kill)
                assert not await other.bell("boxes", 0.1, everywhere=True)

    with caplog.at_level(logging.WARNING, "parhelion.bells"):
        run(story)
    assert servers.address in caplog.text


@pytest.mark.engine("nats")
@pytest.mark.engine("postgresql")
def test_what_rang_while_the_line_was_lost_is_called_when_it_is_back(
    guarded: Callable[[str], Servers], impatient: None
) -> None:
    servers = guarded("")
    [server] = servers.nodes

    async def story() -> None:
        async with nodes(servers.address) as [one]:
            end = End(line_to(servers.address))
            one.ring("boxes")
            await until(server.clients)
            await asyncio.to_thread(server.kill)
            one.ring("others")
            await asyncio.to_thread(server.start)
            await end.open()
            await until(lambda: "others" in end.heard or one.ring("boxes"))
            await end.line.close()

    run(story)


@pytest.mark.engine("nats")
@pytest.mark.parametrize(
    ("how", "who"),
    [
        ("authorization { user: me, password: 'p@w' }", "me:p%40w@"),
        ("authorization { token: hush }", "hush@"),
    ],
)
def test_who_is_known_is_let_in_and_nobody_else(guarded: Callable[[str], Servers], how: str, who: str) -> None:
    host = guarded(how).nodes[0].host

    async def story() -> None:
        async with ends(lambda: line_to(f"nats://{who}{host}"), 2) as (one, other):
            await one.line.call(["told"])
            await until(lambda: other.heard)
        for wrong in ("", "me:geheim@", "geheim@"):
            line = line_to(f"nats://{wrong}{host}")
            with pytest.raises(Unavailable, match=r"(?i)authorization") as told:
                await End(line).open()
            await line.close()
            assert f"nats://{host} cannot be used" in str(told.value)
            assert "geheim" not in str(told.value)

    run(story)


@pytest.mark.engine("nats")
def test_a_server_that_does_not_encrypt_is_told_no_password_when_it_was_to_be_encrypted(
    guarded: Callable[[str], Servers],
) -> None:
    host = guarded("authorization { user: me, password: pw }").nodes[0].host

    async def story() -> None:
        line = line_to(f"tls://me:pw@{host}")
        with pytest.raises(Unavailable, match="does not encrypt"):
            await End(line).open()
        await line.close()

    run(story)


@pytest.mark.engine("nats")
@pytest.mark.parametrize("what", ["subscribe", "publish"])
def test_who_may_not_listen_or_not_call_is_told(guarded: Callable[[str], Servers], what: str) -> None:
    may = f"{what}: {{ deny: 'parhelion.>' }}"
    servers = guarded(f"authorization {{ users: [{{ user: me, password: pw, permissions: {{ {may} }} }}] }}")

    async def story() -> None:
        end = End(line_to(f"nats://me:pw@{servers.nodes[0].host}"))
        try:
            if what == "publish":
                await end.open()
            with pytest.raises(Exception, match=r"(?i)permissions violation"):
                await (end.line.call(["told"]) if what == "publish" else end.open())
        finally:
            await end.line.close()

    run(story)


@pytest.mark.engine("nats")
def test_stores_on_one_bus_do_not_hear_one_another(nats: Servers) -> None:
    async def story() -> None:
        mine, yours = End(line_to(nats.address, "mine")), End(line_to(nats.address, "yours"))
        third = End(line_to(nats.address, "mine"))
        for end in (mine, yours, third):
            await end.open()
        await mine.line.call(["told"])
        await until(lambda: third.heard)
        await yours.line.call(["deliver"])
        await yours.line.call([])
        assert yours.heard == []
        await mine.line.call(["last"])
        await until(lambda: "last" in third.heard)
        assert third.heard == ["told", "last"]
        for end in (mine, yours, third):
            await end.line.close()

    run(story)

"""Whether a server is there, whether requests are to be sent to it, and what is wrong if not."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from math import inf
from pathlib import Path
from typing import Any

import pytest

from parhelion.server.databases import migrations
from parhelion.server.databases.sqlite import SqliteInMemory
from parhelion.server.http.pages import Asked
from parhelion.server.http.readiness import Readiness
from parhelion.server.media.memory import MediaInMemory
from parhelion.server.ports import Shape, Step, Unavailable, Write
from tests.inside import inside
from tests.live import Answer, Caller, Live
from tests.workers import until


def ask(live: Live, path: str = "/readyz", **headers: str) -> Answer:
    return Caller(live.url).send("GET", path, headers={"authorization": None, **headers})  # type: ignore[dict-item]


def says(live: Live, status: int, *words: str, path: str = "/readyz") -> None:
    """In the end, as it is asked no more than once a second."""

    def so() -> bool:
        answer = ask(live, path)
        return answer.status == status and all(word in answer.body.decode() for word in words)

    until(so, f"it does not say {words}, but {ask(live)}")


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Live]:
    """A server whose folder is nobody else's."""
    server = Live(tmp_path / "data")
    yield server
    server.stop()


def test_the_process_answers_whoever_asks(live: Live) -> None:
    answer = ask(live, "/healthz")
    assert (answer.status, answer.body, answer.headers["cache-control"]) == (200, b"ok\n", "no-store")
    assert Caller(live.url).post("/healthz", {}).status == 405


def test_all_parts_are_told_to_who_asks_for_json(live: Live) -> None:
    answer = ask(live, accept="application/json")
    assert answer.json == {
        "status": "ready",
        "parts": {"store": "ok", "media": "ok", "bus": "ok", "migrations": "ok"},
    }


def test_a_media_folder_that_is_gone_is_told_until_it_is_back(alone: Live) -> None:
    folder, away = alone.data / "media", alone.data / "elsewhere"
    assert ask(alone).body == b"ready\n"
    folder.rename(away)
    says(alone, 503, "not ready\nmedia: the media folder cannot be written: No such file or directory\n")
    assert str(alone.data) not in ask(alone).body.decode()
    assert ask(alone, "/healthz").status == 200
    assert ask(alone, accept="application/json").json["parts"]["store"] == "ok"
    away.rename(folder)
    says(alone, 200, "ready\n")


@pytest.mark.embedded
def test_a_database_file_that_is_gone_is_told(alone: Live) -> None:
    file = alone.data / "parhelion.db"
    file.rename(alone.data / "elsewhere")
    says(alone, 503, "not ready\nstore: the database file is not where it was\n")
    (alone.data / "elsewhere").rename(file)
    says(alone, 200, "ready\n")


@contextmanager
def small(folder: Path) -> Iterator[Path]:
    """A disk of 6 MB."""
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(folder)], check=False, timeout=20)
    if done.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True, timeout=20)


@pytest.mark.embedded
@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk takes root")
def test_a_full_disk_is_told_and_so_is_that_there_is_room_again(tmp_path: Path) -> None:
    with small(tmp_path / "disk") as disk:
        live = Live(disk / "data")
        app = live.app()
        conversation = app.conversation()
        filler = disk / "filler"
        with filler.open("wb", buffering=0) as file:
            for size in (65536, 1024, 1):
                try:
                    while file.write(bytes(size)) == size:
                        pass
                except OSError:
                    pass
        body = {"author": {"type": "business"}, "content": {"type": "text", "text": "x" * 4000}}
        until(lambda: app.post(app.messages(conversation), body).status >= 500, "posts are taken for ever")
        words = "store: the database file cannot be written: is its disk full?\n", "media: "
        says(live, 200, "ready\n", *words)  # whoever reads is answered
        says(live, 503, "not ready\n", *words, path="/readyz?strict")
        filler.unlink()
        says(live, 200, "ready\n")  # without a request that would try it
        app.say(conversation)
        live.stop()


def test_a_store_that_takes_a_newer_program_is_told(tmp_path: Path) -> None:
    async def story() -> None:
        async with inside(tmp_path) as server:
            database = server.engines.database
            ready = Readiness(database, server.engines.media, server.engines.newest)
            assert await answered(ready) == (200, "ready\n")
            newer = Step("insert into migration (version, oldest) values (9999, 9999)")
            await database.write(Write("migration", (newer,), {}))
            ready = Readiness(database, server.engines.media, server.engines.newest)
            words = "migrations: the store has been brought to a version that takes a newer program\n"
            assert await answered(ready) == (503, f"not ready\n{words}")

    asyncio.run(story())


# -- parts that are shared, and parts that hang -----------------------------------------------------------------------


class Engine(SqliteInMemory):
    """A database whose trouble is the test's to say."""

    trouble: str | None = None
    hangs = False

    async def check(self) -> Shape:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.trouble:
            raise Unavailable(self.trouble)
        return await super().check()

    asked = 0


@asynccontextmanager
async def engine() -> AsyncIterator[Engine]:
    database = Engine()
    try:
        await database.open(migrations.scripts())
        yield database
    finally:
        await database.close()


class Pulse:
    now = 100.0

    def __call__(self) -> float:
        return self.now


async def answered(ready: Readiness, query: bytes = b"", **headers: bytes) -> tuple[int, str]:
    told = {name.encode(): value for name, value in headers.items()}
    shown = await ready.readyz(Asked("GET", "", "/readyz", query, told, receive))
    return shown.status, shown.body.decode()


async def receive() -> Any:
    raise AssertionError


def ready_on(database: Engine, pulse: Pulse, **how: Any) -> Readiness:
    return Readiness(database, MediaInMemory(), 9999, pulse, **how)


def test_a_store_that_is_waited_for_takes_nobody_out_until_it_was_away_for_longer() -> None:
    async def story() -> None:
        pulse = Pulse()
        async with engine() as database:
            database.patience, database.trouble = 30.0, "the database cannot be read"
            ready = ready_on(database, pulse)
            words = "store: the database cannot be read\n"
            assert await answered(ready) == (200, f"ready\n{words}")
            assert await answered(ready, b"strict") == (503, f"not ready\n{words}")
            pulse.now += 29
            assert await answered(ready) == (200, f"ready\n{words}")
            pulse.now += 2
            assert await answered(ready) == (503, f"not ready\n{words}")
            database.trouble = None
            pulse.now += 2
            assert await answered(ready) == (200, "ready\n")
            database.trouble = "again"
            pulse.now += 2
            assert (await answered(ready))[0] == 200  # patience begins anew

    asyncio.run(story())


def test_a_bus_that_is_away_is_told_and_takes_nobody_out() -> None:
    async def story() -> None:
        pulse = Pulse()
        async with engine() as database:
            database.hears = False
            ready = ready_on(database, pulse)
            for _ in range(2):
                status, text = await answered(ready)
                assert (status, text) == (200, "ready\nbus: what other servers do is heard late, at the next poll\n")
                pulse.now += 1e6
            assert (await answered(ready, b"strict"))[0] == 503

    asyncio.run(story())


def test_an_engine_that_hangs_holds_up_nobody_and_is_asked_once_for_all() -> None:
    async def story() -> None:
        pulse = Pulse()
        async with engine() as database:
            database.hangs = True
            ready = ready_on(database, pulse, deadline=0.05)
            async with asyncio.timeout(5):
                found = await asyncio.gather(*(answered(ready) for _ in range(20)))
            assert set(found) == {(503, "not ready\nstore: no answer within 0.05 seconds\n")}
            assert database.asked == 1
            await answered(ready)
            assert database.asked == 1  # within a second
            pulse.now += 1
            await answered(ready)
            assert database.asked == 2

    asyncio.run(story())


def test_what_an_engine_says_of_its_own_is_not_passed_on() -> None:
    class Talks(MediaInMemory):
        patience = inf

        async def check(self) -> None:
            raise OSError(2, "No such file", "/srv/secret/place")

    async def story() -> None:
        async with engine() as database:
            ready = Readiness(database, Talks(), 9999)
            status, text = await answered(ready, accept=b"application/json")
            assert status == 200
            assert json.loads(text)["parts"]["media"] == "it failed (FileNotFoundError)"

    asyncio.run(story())

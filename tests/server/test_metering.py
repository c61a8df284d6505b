"""How often somebody may ask, counted by several processes together: what was said passes, and not one more."""

from __future__ import annotations

import asyncio
import logging
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest

from parhelion.server import rows
from parhelion.server.commands import Engines
from parhelion.server.dispatch.afterwards import LATE, LOOK, Afterwards
from parhelion.server.http import metering
from parhelion.server.http.metering import Shared
from parhelion.server.ports import Overloaded
from parhelion.server.rules.rates import SECOND, Rate, rate_of, take
from tests.inside import Clock, engines
from tests.live import Caller, Live
from tests.workers import to_each

NOON = 1_767_268_800 * SECOND
NODES = 3


@asynccontextmanager
async def nodes(data: Path, several: int = NODES) -> AsyncIterator[list[Engines]]:
    """On one store."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(engines(data)) for _ in range(several)]


def run(story: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return asyncio.run(asyncio.wait_for(story(), 120))


async def passes(meters: Shared, names: Sequence[str], rates: Sequence[Rate], now: int) -> bool:
    left = await meters.change(names, partial(take, rates=rates, now=now))
    return left.wait == 0


async def several(each: Sequence[Shared], count: int, names: Sequence[str], rates: Sequence[Rate], now: int) -> int:
    """How many of so many pass, at each of them at once."""
    return sum(await asyncio.gather(*[passes(meters, names, rates, now) for _ in range(count) for meters in each]))


def test_all_nodes_together_let_through_what_was_said_and_nothing_more(tmp_path: Path) -> None:
    async def story() -> None:
        rate = rate_of("10/s:100")
        async with nodes(tmp_path / "data") as opened:
            each = [Shared(node.database) for node in opened]
            for now, enough in ((NOON, 100), (NOON, 0), (NOON + SECOND, 10), (NOON + 60 * SECOND, 100)):
                assert await several(each, 80, ["key:a"], [rate], now) == enough
            assert await several(each[:1], 150, ["key:b"], [rate], NOON) == 100
            assert await several(each, 10, ["key:b"], [rate], NOON) == 0, "what one has used up is used up for all"

    run(story)


@pytest.mark.parametrize("seed", range(3))
def test_nobody_gets_more_than_was_said_and_nobody_is_refused_what_is_left(tmp_path: Path, seed: int) -> None:
    """Apps with keys of their own, and keys of the account that ask in all of them. The clock stands still."""
    dice = random.Random(seed)
    rates = {f"app:{number}": Rate(1, 3600, dice.randint(5, 60)) for number in range(6)}
    rates |= {f"key:{number}": Rate(1, 3600, dice.randint(5, 40)) for number in range(12)}
    asked = [(f"app:{number}", f"key:{number + 6 * dice.randint(0, 1)}") for number in range(6) for _ in range(20)]
    asked += [(f"app:{dice.randrange(6)}", f"key:{dice.randrange(3)}") for _ in range(150)]
    asked += [(f"key:{dice.randrange(12)}",) for _ in range(100)]
    dice.shuffle(asked)

    async def story() -> None:
        async with nodes(tmp_path / "data") as opened:
            each = [Shared(node.database) for node in opened]

            async def ask(names: tuple[str, ...]) -> bool:
                await asyncio.sleep(dice.random() / 5)
                return await passes(dice.choice(each), names, [rates[name] for name in names], NOON)

            passed = await asyncio.gather(*[ask(names) for names in asked])
            used = Counter(name for names, good in zip(asked, passed, strict=True) if good for name in names)
            assert all(used[name] <= rate.burst for name, rate in rates.items()), used
            full = {name for name, rate in rates.items() if used[name] == rate.burst}
            for names, good in zip(asked, passed, strict=True):
                assert good or not full.isdisjoint(names), f"{names} was refused, and something was left"
            assert 0 < sum(passed) < len(asked), "this shows nothing"

    run(story)


def test_who_asks_alone_writes_once_for_all_that_wait_and_who_is_refused_writes_nothing(tmp_path: Path) -> None:
    rate = rate_of("1/h:500")

    async def story() -> None:
        async with nodes(tmp_path / "data", 1) as [node]:
            meters, written = Shared(node.database), 0

            async def moment() -> int:
                return (await rows.meters.find(node.database, ["key:a"]))["key:a"]

            before = await moment()
            asking = asyncio.ensure_future(several([meters], 400, ["key:a"], [rate], NOON))
            while not asking.done():
                await asyncio.sleep(0)
                if (now := await moment()) != before:
                    before, written = now, written + 1
            assert (await asking, before) == (400, NOON + 400 * rate.interval)
            assert written <= 2
            assert await several([meters], 400, ["key:a"], [rate], NOON) == 100
            full = await moment()
            assert await several([meters], 400, ["key:a"], [rate], NOON + SECOND) == 0
            assert await moment() == full

    run(story)


def test_who_has_gone_holds_up_nobody(tmp_path: Path) -> None:
    rate = rate_of("1/h:10")

    async def story() -> None:
        async with nodes(tmp_path / "data", 1) as [node]:
            meters = Shared(node.database)
            gone = [asyncio.create_task(passes(meters, ["key:a"], [rate], NOON)) for _ in range(5)]
            await asyncio.sleep(0)
            for each in gone[1:]:
                each.cancel()
            assert await gone[0]
            assert await several([meters], 10, ["key:a"], [rate], NOON) in range(5, 10)

    run(story)


def test_while_the_rows_cannot_be_had_each_counts_for_itself_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rate = rate_of("1/h:20")

    async def story() -> None:
        async with engines(tmp_path / "data") as other:
            well = Shared(other.database)
            async with engines(tmp_path / "data") as one:
                lost = Shared(one.database)
                assert await several([lost, well], 5, ["key:a"], [rate], NOON) == 10
                assert await several([lost], 2, ["key:a"], [rate], NOON) == 2
            # its database is closed
            assert await several([lost], 20, ["key:a"], [rate], NOON) == 8, "from what it saw last"
            assert await several([lost], 5, ["key:a"], [rate], NOON + 3600 * SECOND) == 1
            assert await several([well], 20, ["key:a"], [rate], NOON) == 8

    with caplog.at_level(logging.WARNING, "parhelion.limits"):
        run(story)
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "each process counts for itself how often somebody asks"
    ]


HOLD = """
import sqlite3, sys
sqlite3.connect(sys.argv[1], isolation_level=None).execute("begin immediate")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.embedded
def test_nobody_waits_long_to_be_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody else holds the file, and does not let go of it."""
    monkeypatch.setattr(metering, "PATIENCE", 0.1)
    monkeypatch.setattr(metering, "REST", 0.0)
    rate = rate_of("1/h:20")

    async def story() -> None:
        async with engines(tmp_path / "data") as one:
            meters = Shared(one.database)
            assert await several([meters], 5, ["key:a"], [rate], NOON) == 5
            held = tmp_path / "data" / "parhelion.db"
            holder = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLD, held, stdin=PIPE, stdout=PIPE)
            assert holder.stdin is not None
            assert holder.stdout is not None
            assert await holder.stdout.readline()
            assert await several([meters], 20, ["key:a"], [rate], NOON) == 15, "from what it saw last"
            assert await several([meters], 3, ["key:a"], [rate], NOON) == 0
            holder.stdin.close()
            await holder.wait()
            assert await several([meters], 20, ["key:b"], [rate], NOON) == 20

    run(story)
    assert [record.message for record in caplog.records if record.name == "parhelion.limits"] == [
        "each process counts for itself how often somebody asks: the store does not answer"
    ]


def test_who_always_comes_too_late_is_told_to_ask_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metering, "TRIES", 1)
    rate = rate_of("1/h:20")

    async def story() -> None:
        async with nodes(tmp_path / "data", 2) as (one, other):
            late, early = Shared(one.database), Shared(other.database)
            assert await several([late], 1, ["key:a"], [rate], NOON) == 1
            assert await several([early], 1, ["key:a"], [rate], NOON) == 1
            with pytest.raises(Overloaded):
                await several([late], 1, ["key:a"], [rate], NOON)

    run(story)


def test_a_bucket_that_is_full_again_is_forgotten_and_none_other(tmp_path: Path) -> None:
    clock, rate = Clock(), rate_of("60/min:300")

    async def story() -> None:
        async with engines(tmp_path / "data", clock) as node:
            now, meters = int(clock() * SECOND), Shared(node.database)
            names = [f"key:{number:04d}" for number in range(LOOK + 50)]
            await asyncio.gather(*[passes(meters, [name], [rate], now) for name in names])
            assert await several([meters], 100, ["key:last"], [rate], now + 3600 * SECOND) == 100
            await Afterwards(node.database, node.media, clock).once()
            assert len(await rows.meters.page(node.database, "", 2 * LOOK)) == LOOK + 51
            clock.seconds += LATE + 60
            await Afterwards(node.database, node.media, clock).once()
            assert [name for name, _ in await rows.meters.page(node.database, "", 2 * LOOK)] == ["key:last"]
            later = int(clock() * SECOND)
            assert await several([meters], 400, names[:1], [rate], later) == 300, "and is still full"

    run(story)


def test_servers_and_workers_on_one_store_count_together(serve: Callable[..., Live]) -> None:
    server = serve("--workers", "2", "--rate-limit-key", "6/h:5", "--rate-limit-app", "12/h:8")
    app = server.app()
    with to_each(app) as both:
        said = [each.send("GET", app.app).status for _ in range(4) for each in both]
    assert said == [200] * 5 + [429] * 3
    key = server.account().post(f"{app.app}/keys", {"displayName": "second"}).json["key"]  # costs the app a request
    other = Caller(app.url, key["id"], key["secret"], app.app_id)
    with to_each(other) as both:
        said = [each.send("GET", app.app).status for _ in range(2) for each in both]
    assert said == [200] * 2 + [429] * 2

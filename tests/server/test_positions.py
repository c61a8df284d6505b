"""Events are read in an order in which none is missed, whoever commits when."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from typing import Any

import pytest

from parhelion.server import rows
from parhelion.server.commands import audit
from parhelion.server.databases import migrations
from parhelion.server.dispatch.sealing import Sealing
from parhelion.server.ports import Database, Refused, Step, Write
from parhelion.server.rows.events import Told, telling
from parhelion.server.rules.auditing import Chain, What, mark
from parhelion.server.vault import Vault
from tests.engines import chosen

pytestmark = pytest.mark.engine("postgresql")

CONVERSATIONS = [f"c{number}" for number in range(12)]
MAKE = (
    Step(
        """
    insert into conversation (app_id, id, message_count, last_message_id, cleared_id, swept_id, last_updated_at, body)
    values ('app', :id, 0, '', '', '', 0, :body)"""
    ),
)
# The guard holds the conversation; then comes its event; then this waits for a while, and may refuse it all.
GUARD = Step("update conversation set message_count = message_count + 1 where id = :id", "no such conversation")
LINGER = Step(
    "update conversation set type = type where id = :id and :good = 1 and pg_sleep(cast(:pause as float8)) is not null",
    "not good",
)


def said(id: str, conversation: str, pause: float, *, good: bool) -> Write:
    values = {"id": conversation, "pause": pause, "good": int(good)}
    event = Told(id, "conversation:message", conversation, conversation, b"{}")
    return telling(Write(conversation, (GUARD, LINGER), values), "app", 0, [event], place=1)


@pytest.mark.parametrize("seed", range(3))
def test_who_follows_positions_meets_each_event_once_and_a_conversation_in_order(seed: int) -> None:
    from parhelion.server.databases.postgres import Postgres

    address = chosen.fresh()
    committed: dict[str, list[str]] = defaultdict(list)  # in the order of their answers
    met: list[Any] = []
    hasty: list[Any] = []  # by somebody who does not ask what is settled
    over = False

    async def write(database: Database, node: int) -> None:
        dice = random.Random(f"{seed} {node}")
        for number in range(40):
            conversation = dice.choice(CONVERSATIONS)
            good, pause = dice.random() < 0.8, dice.choice([0.0, 0.001, 0.01, 0.03])
            try:
                await database.write(said(f"{node:02d}-{number:03d}", conversation, pause, good=good))
            except Refused:
                assert not good
            else:
                committed[conversation].append(f"{node:02d}-{number:03d}")

    async def follow(database: Database) -> None:
        position = last = 0
        seen, latest = set[int](), defaultdict[str, int](int)
        while True:
            ending = over
            if page := await rows.events.after(database, position, 7):
                met.extend(page)
                position = page[-1][0]
            found = await database.read_all("select position, conversation_id from event order by position", {})
            for new, of in found:
                if new not in seen:
                    assert new > latest[of], "a conversation's positions are not in the order of its commits"
                    latest[of] = new
                    seen.add(new)
            hasty.extend(row[0] for row in found if row[0] > last)
            last = max([last, *(row[0] for row in found)])
            if ending and not page:
                return
            await asyncio.sleep(0)

    async def story() -> list[Any]:
        nonlocal over
        nodes = [Postgres(address) for _ in range(5)]
        try:
            await asyncio.gather(*[each.migrate(migrations.scripts()) for each in nodes])
            await asyncio.gather(*[nodes[0].write(Write(id, MAKE, {"id": id, "body": b""})) for id in CONVERSATIONS])
            following = asyncio.create_task(follow(nodes[-1]))
            await asyncio.gather(*[write(node, number) for number, node in enumerate(nodes[:-1] * 4)])
            over = True
            await following
            return await nodes[0].read_all("select position, id, conversation_id from event order by position", {})
        finally:
            await asyncio.gather(*[each.close() for each in nodes])

    there = asyncio.run(asyncio.wait_for(story(), 100))
    assert [row[0] for row in met] == [row[0] for row in there], "each once, in order, and none missed"
    assert len(there) == sum(map(len, committed.values())) > 200
    for conversation, ids in committed.items():
        positions = [row[1] for row in there if row[2] == conversation]
        assert sorted(positions) == sorted(ids)
    assert len(hasty) < len(there), "commits came in the order of positions: this shows nothing"


def test_who_seals_passes_over_no_line_that_is_committed_late() -> None:
    from parhelion.server.databases.postgres import Postgres

    address, vault, over = chosen.fresh(), Vault(b"m" * 64), False

    async def write(database: Database, node: int) -> None:
        dice = random.Random(node)
        for number in range(40):
            conversation, pause = dice.choice(CONVERSATIONS), dice.choice([0.0, 0.001, 0.01, 0.03])
            what = What(number, "app", "key", "app", "PostMessage", f"message/{node}-{number}", "changed", "", "")
            values = {"id": conversation, "pause": pause, "good": 1}
            noted = rows.audit.noting(Write(conversation, (), values), what, mark(vault.auditing, what))
            await database.write(noted._replace(steps=(GUARD, *noted.steps, LINGER)))

    async def seal(database: Database) -> None:
        worker = Sealing(database, vault, lambda: 0.0)
        while not over:
            await worker.once()
            await asyncio.sleep(0)
        await worker.once()

    async def story() -> Chain:
        nonlocal over
        nodes = [Postgres(address) for _ in range(4)]
        try:
            await asyncio.gather(*[each.migrate(migrations.scripts()) for each in nodes])
            await asyncio.gather(*[nodes[0].write(Write(id, MAKE, {"id": id, "body": b""})) for id in CONVERSATIONS])
            sealing = [asyncio.create_task(seal(each)) for each in nodes[:2]]
            await asyncio.gather(*(write(each, number) for number, each in enumerate(nodes)))
            over = True
            await asyncio.gather(*sealing)
            return await audit.verify(nodes[0], vault)
        finally:
            over = True
            await asyncio.gather(*(each.close() for each in nodes))

    chain = asyncio.run(story())
    assert (chain.breaks, chain.lines, chain.unsealed) == ([], 160, 0)

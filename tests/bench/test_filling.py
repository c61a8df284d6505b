"""The store that benchmarks work on holds what a server would hold that has run for as long."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import pytest

from bench import sample
from bench.filling import DAY, DAYS, fill
from parhelion.server.rules.events import KEPT
from tests.live import Caller, Live, pages, parhelion

MESSAGES, LARGE, OF_ONE = 1_000, 320, 4
ASKED = {"messages": MESSAGES, "conversations": 20, "large": 2, "size": LARGE, "of_one": OF_ONE}


class Filled(NamedTuple):
    there: dict[str, Any]
    rows: list[Any]  # of conversations: (id, messages, the last one, messages that are there, the last one of them)
    events: list[Any]  # (created at)
    caller: Caller

    def messages(self, conversation: str, query: str = "") -> list[dict[str, Any]]:
        return self.caller.get(self.caller.messages(conversation) + query).json["messages"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    data: Path = tmp_path_factory.mktemp("filled") / "data"
    made = parhelion("app", "create", "--data", str(data), "--name", "bench", "--json")
    there = asyncio.run(fill(data / "parhelion.db", {**ASKED, "app": made["appId"]}))
    store = apsw.Connection(str(data / "parhelion.db"))
    rows = store.execute("""
        select c.id, c.message_count, c.last_message_id, count(*), max(m.id) from conversation c
        join message m on m.app_id = c.app_id and m.conversation_id = c.id group by c.id""").fetchall()
    events = [row[0] for row in store.execute("select created_at from event")]
    store.close()
    live = Live(data)
    yield Filled(there, rows, events, Caller(live.url, made["keyId"], made["secret"], made["appId"]))
    live.stop()


def test_every_message_is_there_and_counted(filled: Filled) -> None:
    assert sum(row[1] for row in filled.rows) == MESSAGES
    assert all(row[1:3] == row[3:] for row in filled.rows)
    assert [row[1] for row in filled.rows if row[0] in filled.there["large"]] == [LARGE, LARGE]


def test_messages_come_in_the_order_of_their_days(filled: Filled) -> None:
    ids = pages(filled.caller, filled.there["large"][0])
    assert len(ids) == LARGE
    newest = filled.messages(filled.there["large"][0])
    oldest = filled.messages(filled.there["large"][0], f"?page[after]={'0' * 24}")
    times = [datetime.fromisoformat(message["received"]).timestamp() for message in oldest + newest]
    assert times == sorted(times)
    assert 0.8 * DAYS * DAY < times[-1] - times[0] < DAYS * DAY
    assert [message["id"] for message in oldest + newest] == ids[:100] + ids[-100:]
    assert all(
        abs(int(each["id"][:12], 16) / 65536 - at) < 0.01 for each, at in zip(oldest + newest, times, strict=True)
    )


def test_they_are_as_if_they_had_been_posted(filled: Filled) -> None:
    said = filled.caller.post(filled.caller.messages(filled.there["others"][0]), sample.POST).json["messages"][0]
    own = {"id", "received"}
    for message in filled.messages(filled.there["large"][0], f"?page[after]={'0' * 24}"):
        assert list(message) == list(said)
        assert {name: message[name] for name in set(said) - own} == {name: said[name] for name in set(said) - own}


def test_events_are_those_that_are_kept(filled: Filled) -> None:
    assert len(filled.events) == filled.there["events"] == round(MESSAGES * KEPT / (DAYS * DAY))
    assert min(filled.events) / 1000 >= filled.there["made"] - KEPT


def test_one_user_has_several_conversations(filled: Filled) -> None:
    answer = filled.caller.get(f"{filled.caller.app}/conversations?filter[userId]={filled.there['user']}")
    assert len(answer.json["conversations"]) == OF_ONE


def test_a_large_conversation_can_be_emptied(filled: Filled) -> None:
    messages = filled.caller.messages(filled.there["large"][1])
    assert filled.caller.delete(messages).status == 200
    assert filled.messages(filled.there["large"][1]) == []

"""Makes the store of a server that has run for a while: many messages, in conversations of people.

It is done by the server's own commands, on a clock that goes through DAYS and ends now. Only the messages whose events
are gone by then are put into their rows by the statement alone, and one in FILES of them is tied to a file, of which
there are no bytes. All of it is one transaction, in the order of time, so that rows lie on their pages as after those
days.

    python -m bench.filling DIR {"app", "messages", "conversations", "large", "size", "of_one"}  >  what there is

DIR holds the app. `large` conversations have `size` messages each, the others share the rest evenly; `of_one` are those
of one user, every other conversation is somebody's own.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import apsw

from parhelion.operations import Conversations, Messages, Users
from parhelion.server import rows
from parhelion.server.commands import Context, Engines, Grant, Said, conversations, messages, users
from parhelion.server.dispatch.tallying import Tallying
from parhelion.server.ids import Ids
from parhelion.server.ports import Refused, Row, Values, Write
from parhelion.server.rules.events import KEPT
from parhelion.server.vault import Vault
from parhelion.wire import (
    ConversationCreateBody,
    ConversationResponse,
    MessagePost,
    ParticipantSub,
    Profile,
    UserCreateBody,
    UserResponse,
    instant,
)
from parhelion.wire.reading import strict

from . import sample

DAYS = 100
FILES = 20
DAY = 24 * 60 * 60  # seconds
PRAGMAS = ("journal_mode=off", "synchronous=off", "cache_size=-500000")
INSERT = rows.messages.post("", "", "", 0, b"", []).steps[1].sql
ATTACH = rows.attachments.create("", "", "", "", "", 0, 0, for_message=False).steps[0].sql
TIE = """
    insert into attachment_use (app_id, conversation_id, message_id, attachment_id)
    values (:app, :conversation, :message, :id)"""
COUNT = """
    update conversation set message_count = message_count + :several, last_message_id = :id, last_updated_at = :now
    where app_id = :app and id = :conversation"""
SIZES = """
    select coalesce(i.tbl_name, s.name), sum(s.pgsize) from dbstat s left join sqlite_schema i on i.name = s.name
    where s.aggregate = 1 group by 1"""


class Bulk:
    """A database in one transaction: nothing is durable before the end."""

    def __init__(self, path: Path) -> None:
        self._connection = apsw.Connection(str(path), statementcachesize=512)
        self._connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        for pragma in (*PRAGMAS, "locking_mode=exclusive"):
            self.run(f"pragma {pragma}")
        self.run("begin")

    def run(self, sql: str, values: Values | None = None) -> list[Row]:
        return cast("list[Row]", self._connection.execute(sql, cast("Any", values)).fetchall())

    def run_for(self, sql: str, each: Iterable[Values]) -> None:
        self._connection.executemany(sql, cast("Any", each))

    async def read_all(self, sql: str, values: Values) -> list[Row]:
        return self.run(sql, values)

    async def read_one(self, sql: str, values: Values) -> Row | None:
        return next(iter(self.run(sql, values)), None)

    async def write(self, write: Write) -> list[Row]:
        for step in write.steps:
            self.run(step.sql, write.values)
            if step.otherwise and not self._connection.changes():
                raise Refused(step.otherwise)
        return []

    def end(self) -> None:
        self.run("commit")
        self._connection.close()


class Past:
    """A clock that is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Filling:
    """What is made, and by which engines."""

    def __init__(self, path: Path, app: str) -> None:
        self.database, self.clock, self.app = Bulk(path), Past(), app
        self.ids = Ids(self.clock)
        self._last: dict[str, tuple[int, str, int]] = {}
        self._ties: list[tuple[str, str]] = []
        nothing = cast("Any", None)  # is asked for by none of these commands
        tally = Tallying(cast("Any", self.database), self.clock)
        self._engines = Engines(
            cast("Any", self.database), nothing, self.clock, self.ids, Vault(bytes(64)), nothing, tally
        )

    def asking(self, operation: Any) -> Context:
        return Context(self._engines, operation, Grant("app", self.app, ""), self.app, "", "")

    async def user(self, number: int) -> str:
        who = UserCreateBody(external_id=f"jo-{number}", profile=Profile(given_name="Jo", surname="March"))
        answer = await users.create(self.asking(Users.create), who)
        return str(_read(answer, UserResponse).user.id)

    async def conversation(self, number: int, user: str) -> str:
        body = ConversationCreateBody(
            type="sdkGroup", participants=[ParticipantSub(user_id=user)], display_name=f"Order {number}"
        )
        answer = await conversations.create(self.asking(Conversations.create), body)
        return str(_read(answer, ConversationResponse).conversation.id)

    async def post(self, conversation: str) -> bytes:
        """A message, as it is stored."""
        post = strict(sample.POST_BODY, MessagePost)
        answer = await messages.post(self.asking(Messages.post), conversation, post)
        assert isinstance(answer, Said)
        return answer.body.removeprefix(b'{"messages":[').removesuffix(b"]}")

    def like(self, message: bytes, turns: list[str], begun: float, step: float) -> Iterator[Values]:
        """The rows of others like it, one for each turn. Their conversations count them in the end."""
        first = json.loads(message)
        before, rest = message.split(first["id"].encode())
        between, after = rest.split(first["received"].encode())
        last = self._last
        [[words]] = self.database.run("select words from message limit 1")
        for number, conversation in enumerate(turns, 1):
            self.clock.now = now = begun + number * step
            id, milliseconds = self.ids.next(), round(now * 1000)
            body = b"%b%b%b%b%b" % (before, id.encode(), between, str(instant(milliseconds)).encode(), after)
            row = {"app": self.app, "conversation": conversation, "id": id, "author": "", "body": body}
            yield {**row, "words": words}
            several, *_ = last.get(conversation, (0,))
            last[conversation] = several + 1, id, milliseconds
            if number % FILES == 0:
                self._ties.append((conversation, id))

    def tie(self) -> None:
        """Files to messages."""
        ids = [self.ids.unguessable() for _ in self._ties]
        here = {"app": self.app, "for_message": 0, "name": "bill.pdf", "media_type": "application/pdf", "size": 1000}
        now = round(self.clock() * 1000)
        self.database.run_for(ATTACH, ({**here, "id": id, "conversation": "", "now": now} for id in ids))
        ties = (
            {"app": self.app, "conversation": of, "message": message, "id": id}
            for id, (of, message) in zip(ids, self._ties, strict=True)
        )
        self.database.run_for(TIE, ties)

    def count(self) -> None:
        """Messages in their conversations."""
        names = ("several", "id", "now")
        each = (
            {"app": self.app, "conversation": one, **dict(zip(names, of, strict=True))}
            for one, of in self._last.items()
        )
        self.database.run_for(COUNT, each)


def _read(answer: Any, hint: Any) -> Any:
    return strict(answer.body, hint) if isinstance(answer, Said) else answer


async def fill(path: Path, asked: dict[str, Any]) -> dict[str, Any]:
    filling, end = Filling(path, asked["app"]), time.time()
    database, clock = filling.database, filling.clock
    clock.now = end - DAYS * DAY
    made, owners = list[str](), list[str]()
    for number in range(asked["conversations"]):
        clock.now += 0.001
        if number == 0 or number >= asked["of_one"]:
            owners.append(await filling.user(number))
        made.append(await filling.conversation(number, owners[-1]))

    several, size = asked["large"], asked["size"]
    large = made[:: -(len(made) // several // 2)][:several]  # far from each other, and not those of the one user
    others = [each for each in made if each not in set(large)]
    turns = [each for each in large for _ in range(size)]
    turns += [others[number % len(others)] for number in range(asked["messages"] - len(turns))]
    random.Random(1).shuffle(turns)

    sometime = clock.now
    step = (end - sometime) / len(turns)
    told = len(turns) - round(KEPT / step)  # from here on events are still there
    message = await filling.post(turns[0])
    database.run_for(INSERT, filling.like(message, turns[1:told], sometime, step))
    filling.count()
    filling.tie()
    for number, conversation in enumerate(turns[told:], told):
        clock.now = sometime + number * step
        await filling.post(conversation)
    database.run("delete from event where created_at < :then", {"then": round((end - KEPT) * 1000)})
    [[events]] = database.run("select count(*) from event")
    database.end()
    sizes = apsw.Connection(str(path)).execute(SIZES).fetchall()
    return {
        "made": end,
        "user": owners[0],
        "large": large,
        "others": others[:500],
        "events": events,
        "json": len(message),
        "sizes": dict(sizes),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(fill(Path(sys.argv[1]) / "parhelion.db", json.loads(sys.argv[2])))))

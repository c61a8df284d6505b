"""An app of a million messages out of one store and into another, and out of that again.

    python -m bench.data [--messages N] [--into postgresql://...]

    filled     rows through the database port, as servers write them
    exported   parhelion export            imported   parhelion import, into an empty store
    again      parhelion export of that: the lines are the same, but for the first
    rows       of both stores, table by table, by checksum

Prints what each took, and how much memory at its highest. Ends with 1 when something is not equal.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from parhelion.server import rows
from parhelion.server.assemble import Store, engines, tables_of
from parhelion.server.commands import Engines
from parhelion.server.rows.importing import SEVERAL, Said
from parhelion.server.rules.words import texts_of, words_of
from parhelion.wire import (
    App,
    Conversation,
    FileMessage,
    Message,
    MessageAuthor,
    Profile,
    TextMessage,
    User,
    instant,
)
from parhelion.wire.writing import write as to_json

MESSAGES = 1_000_000
LARGE = 20_000  # messages of a large conversation, of which a fifth of all is in
SMALL = 200  # of the others
AT_ONCE = 64  # conversations that are filled
SHOWING = 5_000  # one message of so many shows a file
BEGIN = 1_700_000_000_000  # milliseconds
WORDS = "order invoice arrived tomorrow please thanks parcel refund question delivery address hello".split()  # noqa: SIM905
EQUAL = ("app_user", "conversation", "participant", "message", "attachment", "attachment_use", "client", "device")


class Ran(NamedTuple):
    """What a command took."""

    seconds: float
    peak: float  # MB
    said: str


@dataclass
class Outcome:
    """What came of it all."""

    lines: int
    exported: Ran
    imported: Ran
    again: Ran
    same_lines: bool
    differing: list[str]  # tables

    @property
    def is_equal(self) -> bool:
        return self.same_lines and not self.differing


def measured(messages: int, folder: Path, into: str | None = None, source: str | None = None) -> Outcome:
    """All of it, in a folder."""
    here, there = Store(folder / "from", source), Store(folder / "to", into)
    app = asyncio.run(_filled(here, messages))
    first, second = folder / "first.jsonl", folder / "second.jsonl"
    exported = _run("export", "--app", app, "--to", str(first), *_where(here))
    imported = _run("import", str(first), *_where(there))
    again = _run("export", "--app", app, "--to", str(second), *_where(there))
    lines = first.read_bytes().count(b"\n") if messages < 100_000 else sum(1 for _ in first.open("rb"))
    differing = asyncio.run(_differing(here, there))
    return Outcome(lines, exported, imported, again, _digest(first) == _digest(second), differing)


def _where(store: Store) -> list[str]:
    return ["--data", str(store.data), *([] if store.database is None else ["--database", store.database])]


def _run(*arguments: str) -> Ran:
    begun = time.monotonic()
    command = [sys.executable, "-c", "import sys; from parhelion.cli import main; sys.exit(main())", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"parhelion {arguments[0]} ended with {done.returncode}: {done.stdout}")
    peak = re.search(r"Peak memory ([\d,]+) MB", done.stdout)
    return Ran(time.monotonic() - begun, float(peak[1].replace(",", "")) if peak else 0.0, done.stdout)


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        file.readline()  # the first says when it was
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


async def _differing(here: Store, there: Store) -> list[str]:
    first, second = await _checksums(here), await _checksums(there)
    return [name for name in EQUAL if first[name] != second[name]]


async def _checksums(store: Store) -> dict[str, str]:
    tables = tables_of(store, source=True)
    try:
        found: dict[str, str] = {}
        for table in await tables.tables():
            if table.name in EQUAL:
                digest = hashlib.sha256(repr(table.columns).encode())
                async for some in tables.read(table):
                    for row in some:
                        digest.update(repr(tuple(row)).encode())
                found[table.name] = digest.hexdigest()
        return found
    finally:
        await tables.close()


async def _filled(store: Store, messages: int) -> str:
    """An app, with that many messages."""
    async with engines(store) as opened:
        app = opened.ids.next()
        said = App(id=app, display_name="Large")
        await opened.database.write(rows.apps.create(app, to_json(said), 0, BEGIN))
        several = [LARGE] * (messages // 5 // LARGE)
        several += [SMALL] * ((messages - sum(several)) // SMALL)
        for first in range(0, len(several), AT_ONCE):
            some = enumerate(several[first : first + AT_ONCE], first + 1)
            await asyncio.gather(*(_talk(opened, app, number, size) for number, size in some))
    return app


async def _talk(opened: Engines, app: str, number: int, size: int) -> None:
    """A user, their conversation, what was said in it, and the files that are shown."""
    dice = random.Random(number)
    moment = BEGIN + number * 100_000
    user = User(
        id=_id(moment, 1),
        external_id=f"person-{number}",
        signed_up_at=instant(moment),
        profile=Profile(given_name=f"Ada {number}", email=f"ada{number}@example.org"),
        metadata={"number": number},
        identities=[],
    )
    database, talk = opened.database, _id(moment, 2)
    await database.write(rows.users.create(app, user.id, user.external_id, "", "", to_json(user)))
    body = to_json(Conversation(id=talk, type="personal", is_default=True, created_at=instant(moment)))
    await database.write(
        rows.importing.conversation(
            app, talk, "personal", body, default=True, last="", updated=moment, read=0, active="", pending=""
        )
    )
    await database.write(rows.importing.participant(app, talk, user.id, _id(moment, 3), "", 0, []))
    waiting: list[Said] = []
    for place in range(size):
        if dice.randrange(SHOWING) == 0 or (number == 1 and place == 0):
            file = await _file(opened, app, talk, moment)
            address = f"https://old.example.org/attachments/v2/{file}/note.txt"
            content = FileMessage(media_url=address, alt_text="note.txt", attachment_id=file)
            await database.write(rows.importing.messages(app, talk, [_said(content, user, moment, place)], [file]))
            continue
        text = " ".join(dice.choices(WORDS, k=12))
        waiting.append(_said(TextMessage(text=text), user, moment, place))
        if len(waiting) == SEVERAL or place == size - 1:
            await database.write(rows.importing.messages(app, talk, waiting))
            waiting = []


def _said(content: TextMessage | FileMessage, user: User, moment: int, place: int) -> Said:
    by_user = place % 2 == 0
    author = MessageAuthor(type="user", user_id=user.id) if by_user else MessageAuthor(type="business")
    message = Message(
        id=_id(moment + 10 + place, 4), received=instant(moment + 10 + place), author=author, content=content
    )
    return Said(message.id, user.id if by_user else "", to_json(message), words_of(texts_of(content, author)))


async def _file(opened: Engines, app: str, talk: str, moment: int) -> str:
    id = opened.ids.unguessable()
    part = await opened.media.receive(id)
    body = id.encode() * 1000
    await part.write(body)
    await part.seal()
    write = rows.attachments.create(id, app, talk, "note.txt", "text/plain", len(body), moment, for_message=False)
    await opened.database.write(write)
    await part.keep()
    return id


def _id(moment: int, kind: int) -> str:
    return f"{moment * 65536 // 1000:012x}{kind:012x}"


def _table(outcome: Outcome) -> Iterator[str]:
    yield f"{'':10}{'seconds':>10}{'lines/s':>12}{'peak MB':>10}"
    for name, ran in (("export", outcome.exported), ("import", outcome.imported), ("again", outcome.again)):
        yield f"{name:10}{ran.seconds:>10.1f}{outcome.lines / ran.seconds:>12,.0f}{ran.peak:>10,.0f}"
    yield f"{outcome.lines:,} lines, {'the same' if outcome.same_lines else 'NOT the same'} after import and export"
    yield f"rows: {'equal by checksum' if not outcome.differing else 'DIFFERENT in ' + ', '.join(outcome.differing)}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench.data", description="An app out of a store and into another.")
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--into", metavar="ADDRESS", help="an empty PostgreSQL (default: a folder)")
    parser.add_argument("--source", metavar="ADDRESS", help="an empty PostgreSQL (default: a folder)")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as folder:
        outcome = measured(asked.messages, Path(folder), asked.into, asked.source)
    print("\n".join(_table(outcome)))
    return 0 if outcome.is_equal else 1


if __name__ == "__main__":
    sys.exit(main())

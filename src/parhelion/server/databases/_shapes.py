"""Which stores a program works with, and what is still to be done to one. The same for every database.

A script says in its first line what it is:

    -- expand             adds: whoever knew the store goes on working with it. One commit
    -- index              adds indexes to tables that are in use, while they are. Each by itself
    -- backfill           fills what was added: again and again until it touches no row, a commit each time
    -- contract: from 7   takes away what only programs before version 7 use. One commit

and a store keeps of each script from which program on it can be worked with. So a program can judge a store whose
scripts it has never seen: it works with every one that asks no more than it knows. See
docs/decisions/0019-migrations.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..ports import Row, Shape, Step, UnusableStore, Write

EXPAND, INDEX, BACKFILL, CONTRACT = "expand", "index", "backfill", "contract"
_HEAD = re.compile(r"-- (expand|index|backfill|contract)(?:: from (\d+))?\n")
TABLE = "create table if not exists migration (version bigint not null primary key, oldest bigint)"
FIND = "select * from migration"  # a store from before the rule has no `oldest`
KEEPS_OLDEST = "alter table migration add column oldest bigint"
# What changes nothing, and is written nevertheless: whether writes are possible.
PROBE = Write("migration", (Step("update migration set version = version where version = 1"),), {})
RECORD = "insert into migration (version, oldest) values (:version, :oldest)"


class Change(NamedTuple):
    """A script, read."""

    version: int
    kind: str
    oldest: int  # programs that know versions up to less than this do not work with what it makes; 0: all go on
    statements: tuple[str, ...]


def changes(scripts: Iterable[tuple[int, str]]) -> list[Change]:
    """In their order. One that does not say what it is asks for programs that know it."""
    return [_read(version, text) for version, text in sorted(scripts)]


def shape(rows: Iterable[Row]) -> Shape:
    """Of a store, by what FIND finds."""
    found = [(row[0], row[0] if len(row) < 2 or row[1] is None else row[1]) for row in rows]
    return Shape(max((version for version, _ in found), default=0), max((oldest for _, oldest in found), default=0))


def check(tables: Sequence[str]) -> bool:
    """Whether these are a store's; False where there is nothing. `UnusableStore` for what cannot be used as one."""
    if "copying" in tables:
        raise UnusableStore("the store is the unfinished copy of another: run `parhelion copy`, or `restore`, again")
    if "migration" in tables:
        return True
    if tables:
        some = ", ".join(tables[:3]) + (", ..." if len(tables) > 3 else "")
        raise UnusableStore(f"the database holds tables that are not ours ({some}): give Parhelion one of its own")
    return False


def to_do(store: Shape, known: Sequence[Change]) -> list[Change]:
    """What a program has still to do to a store. `UnusableStore` when it does not know enough for it."""
    newest = known[-1].version
    if store.oldest > newest:
        raise UnusableStore(
            f"the store is of version {store.version}, and this program knows versions up to {newest}: it takes one "
            f"that knows version {store.oldest}. Install a newer Parhelion"
        )
    return [change for change in known if change.version > store.version]


def is_enough(left: Iterable[Change]) -> bool:
    """Whether a program can work with a store to which this is still to be done."""
    return all(change.kind == CONTRACT for change in left)


def _read(version: int, text: str) -> Change:
    head = _HEAD.match(text)
    kind, oldest = (head[1], int(head[2] or 0)) if head else (EXPAND, version)
    statements = (statement.strip().removesuffix(";") for statement in text.split(";\n"))
    return Change(version, kind, oldest, tuple(filter(None, statements)))

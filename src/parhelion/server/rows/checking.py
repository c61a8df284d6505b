"""Looking at the rows of a store, in SQL: what a check is, and how it goes through a table. What must hold: checks.

    Check(name, table, says, wrong, mend)     `wrong`: a condition on a row, which is called t

    page by page of a table, by its key  ->  the rows of which `wrong` holds     (one statement, so one moment)
                                         ->  of these `judge` takes those that are  (where SQL cannot say it)
    mend   a write, under the guard that it is still wrong: what changed meanwhile is left alone

So a store may be looked at while it is written to: what holds at each commit holds in what a statement sees. What an
app that is gone leaves is on its way out; but for what is about that, only rows of apps that are there are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..ports import Reads, Row, Value, Write

# What a row is found by, and what they are called.
KEYS: dict[str, tuple[str, ...]] = {
    "app": ("id",),
    "api_key": ("id",),
    "app_user": ("app_id", "id"),
    "conversation": ("app_id", "id"),
    "participant": ("app_id", "conversation_id", "user_id"),
    "message": ("app_id", "conversation_id", "id"),
    "attachment": ("id",),
    "attachment_use": ("app_id", "conversation_id", "message_id", "attachment_id"),
    "media_to_remove": ("attachment_id",),
    "integration": ("app_id", "id"),
    "webhook": ("app_id", "id"),
    "webhook_trigger": ("app_id", "type", "webhook_id"),
    "switchboard": ("app_id",),
    "switchboard_integration": ("app_id", "id"),
    "client": ("app_id", "user_id", "id"),
    "client_association": ("app_id", "conversation_id", "user_id", "client_id"),
    "device": ("app_id", "user_id", "id"),
    "event": ("position",),
    "delivery": ("webhook_id", "position"),
    "arrival": ("app_id", "webhook_id", "position"),
    "tally": ("app_id", "minute", "name"),
}
THINGS = {
    "api_key": "keys",
    "app_user": "users",
    "audit": "lines of the audit log",
    "attachment_use": "places of attachments",
    "media_to_remove": "files to be removed",
    "webhook_trigger": "triggers of webhooks",
    "switchboard_integration": "switchboard integrations",
    "client_association": "clients in conversations",
    "delivery": "deliveries",
    "tally": "counts of statistics",
}
_NUMBERS = {"position", "minute"}
_LIVE = "exists (select 1 from app a where a.id = t.app_id)"
_LEAST = -(2**62)
WITHOUT_APP = {"app", "media_to_remove", "api_key"}
RESTORE = "restore a backup; nothing else knows what was there"
OLD = 10 * 60  # seconds: what was told before then has been seen by whoever sees to it


Judge = Callable[[Row], bool]


class Check(NamedTuple):
    """What must hold of each row of a table."""

    name: str
    table: str
    says: str  # of rows of which it does not hold: "have ..."
    wrong: str = "1 = 1"
    columns: tuple[str, ...] = ()  # what `judge` and `mend` are given after the key
    judge: Callable[[], Judge] | None = None  # which of them are: made anew for each way through the table
    mend: Callable[[Row], Write] | None = None
    will: str = ""  # what mending does
    advice: str = RESTORE  # where it cannot
    anywhere: bool = False  # also of apps that are gone


def things(table: str) -> str:
    return THINGS.get(table, f"{table}s")


def label(check: Check, row: Row) -> str:
    """What a row is called, for people."""
    return "/".join(str(each) for each in row[: len(KEYS[check.table])])


async def count(rows: Reads, table: str) -> int:
    """How many there are, about."""
    [row] = await rows.read_all(f"select count(*) from {table}", {})
    return int(row[0])


async def keys(rows: Reads, table: str, after: Row | None, several: int) -> list[Row]:
    """The next of a table. Costs by `several`."""
    names = KEYS[table]
    sql = f"""
        select {", ".join(names)} from {table} where ({", ".join(names)}) > ({_named("after", names)})
        order by {", ".join(names)} limit :several"""
    least = [_LEAST if name in _NUMBERS else "" for name in names]
    return await rows.read_all(sql, {"several": several} | _values("after", names, least if after is None else after))


async def wrong(rows: Reads, check: Check, after: Row | None, last: Row, old: int) -> list[Row]:
    """Of the rows up to one, those that may be wrong: the key, and the check's columns."""
    names = KEYS[check.table]
    mine = [f"t.{name}" for name in names]
    columns = [*mine, *(each if "(" in each else f"t.{each}" for each in check.columns)]
    live = "" if check.anywhere or check.table in WITHOUT_APP else f"{_LIVE} and "
    sql = f"""
        select {", ".join(columns)} from {check.table} t
        where ({", ".join(mine)}) > ({_named("after", names)}) and ({", ".join(mine)}) <= ({_named("last", names)})
        and {live}({check.wrong}) order by {", ".join(mine)}"""
    least: Sequence[Value] = [_LEAST if name in _NUMBERS else "" for name in names]
    values = _values("after", names, least if after is None else after) | _values("last", names, last)
    return await rows.read_all(sql, values | ({"old": old} if ":old" in check.wrong else {}))


def _named(what: str, names: Sequence[str]) -> str:
    return ", ".join(f":{what}_{name}" for name in names)


def _values(what: str, names: Sequence[str], row: Row) -> dict[str, Value]:
    return {f"{what}_{name}": value for name, value in zip(names, row, strict=False)}


# -- files, as rows know them ---------------------------------------------------------------------------------------


async def attachments(rows: Reads, after: str, several: int) -> list[Row]:
    """The next by id: (id, size, created at)"""
    sql = "select id, size, created_at from attachment where id > :after order by id limit :several"
    return await rows.read_all(sql, {"after": after, "several": several})


async def is_attachment(rows: Reads, id: str) -> bool:
    """Whether it is there now, and is to stay."""
    sql = """
        select 1 from attachment where id = :id
        and not exists (select 1 from media_to_remove where attachment_id = :id)"""
    return bool(await rows.read_all(sql, {"id": id}))


async def known(rows: Reads, ids: Sequence[str]) -> set[str]:
    """Of these files those that are somebody's, or are about to be removed."""
    names = ", ".join(f":id_{number}" for number in range(len(ids)))
    sql = f"""
        select id from attachment where id in ({names})
        union all select attachment_id from media_to_remove where attachment_id in ({names})"""
    values = {f"id_{number}": id for number, id in enumerate(ids)}
    return {str(row[0]) for row in await rows.read_all(sql, values)}

"""The audit log in SQL.

noting    a write, and the line that says who did it: one step more, in the same commit
seal      guard: there is no seal with this number yet -> it is made; so any number of processes may seal
prune     guard: the seal is no anchor yet -> it is one -> its lines go, and the seals before it

A position is given inside the commit, like that of an event: who seals reads only up to where all is settled. Nothing
here changes a line, and an app that goes leaves its lines.
"""

from __future__ import annotations

from functools import cache

from ..ports import Database, Reads, Row, Step, Value, Write
from ..rules.auditing import Line, Seal, What

TABLE = "audit"
TAKEN = "another process was faster"
FAR = 2**62  # beyond every position

_NOTE = Step(
    """
    insert into audit (at, app_id, key_id, scope, operation, object, outcome, address, request, mark)
    values (:line_at, :line_app, :line_key, :line_scope, :line_operation, :line_object, :line_outcome, :line_address,
        :line_request, :line_mark)"""
)
_LINE = "position, at, app_id, key_id, scope, operation, object, outcome, address, request, mark"
_NEXT = f"select {_LINE} from audit where position > :after and position <= :up_to order by position limit :several"
_SEAL = "number, at, last, lines, mac, anchor"
_NEWEST = f"select {_SEAL} from audit_seal order by number desc limit 1"
_SEALS = f"select {_SEAL} from audit_seal where number > :after order by number limit :several"
_SEALED = (
    Step(
        """
    insert into audit_seal (number, at, last, lines, mac, anchor) values (:number, :at, :last, :lines, :mac, :none)
    on conflict (number) do nothing""",
        TAKEN,
    ),
)
_PRUNE = (
    Step("update audit_seal set anchor = :anchor where number = :number and anchor = :none", TAKEN),
    Step("delete from audit where position <= :last"),
    Step("delete from audit_seal where number < :number"),
)
_FOUND = f"""
    select {_LINE} from audit
    where position {{}} :cursor and (:app = '*' or app_id = :app) and (:key = '' or key_id = :key)
        and (:operation = '' or operation = :operation)
        and (:object = '' or object = :object or (object >= :object || '/' and object < :object || '0'))
        and at >= :since and at < :until
    order by position {{}} limit :several"""
_AFTER, _BEFORE = _FOUND.format(">", "asc"), _FOUND.format("<", "desc")


@cache
def _with_line(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return (*steps, _NOTE)


def noting(write: Write, what: What, mark: bytes) -> Write:
    """The same write, which also leaves its line."""
    at, app, key, scope, operation, object, outcome, address, request = what
    values: dict[str, Value] = {
        **write.values,
        "line_at": at,
        "line_app": app,
        "line_key": key,
        "line_scope": scope,
        "line_operation": operation,
        "line_object": object,
        "line_outcome": outcome,
        "line_address": address,
        "line_request": request,
        "line_mark": mark,
    }
    return Write(write.key, _with_line(write.steps), values, write.bells)


def line(row: Row) -> Line:
    """As it was written."""
    position, *what, mark = row
    return Line(position, What(*what), bytes(mark))


def _seal(row: Row) -> Seal:
    number, at, last, lines, mac, anchor = row
    return Seal(number, at, last, lines, bytes(mac), bytes(anchor))


async def settled(database: Database) -> int:
    """Up to which position nothing comes any more."""
    return await database.settled(TABLE)


async def lines(database: Reads, after: int, up_to: int, several: int = FAR) -> list[Line]:
    """The next, in their order."""
    found = await database.read_all(_NEXT, {"after": after, "up_to": up_to, "several": several})
    return [line(row) for row in found]


async def newest(database: Reads) -> Seal | None:
    """The last seal."""
    row = await database.read_one(_NEWEST, {})
    return None if row is None else _seal(row)


async def seals(database: Reads, after: int, several: int) -> list[Seal]:
    """The next, in their order."""
    found = await database.read_all(_SEALS, {"after": after, "several": several})
    return [_seal(row) for row in found]


def seal(made: Seal) -> Write:
    """Refused when there is one with its number."""
    number, at, last, lines, mac, _ = made
    values: dict[str, Value] = {"number": number, "at": at, "last": last, "lines": lines, "mac": mac, "none": b""}
    return Write("audit", _SEALED, values)


def prune(seal: Seal, anchor: bytes) -> Write:
    """All up to the end of a seal. Refused when that was done before."""
    values: dict[str, Value] = {"number": seal.number, "last": seal.last, "anchor": anchor, "none": b""}
    return Write("audit", _PRUNE, values)


async def page(
    database: Database,
    cursor: int,
    several: int,
    *,
    back: bool,
    app: str | None,
    key: str,
    operation: str,
    object: str,
    since: int,
    until: int,
) -> list[Row]:
    """Lines next to a position, nearest first. `app`: None for all, "" for what is of none; `object`: with all that
    belongs to it. It looks at line after line, so it may take long.
    """
    values: dict[str, Value] = {
        "cursor": cursor,
        "several": several,
        "app": "*" if app is None else app,
        "key": key,
        "operation": operation,
        "object": object,
        "since": since,
        "until": until,
    }
    return await database.search(_BEFORE if back else _AFTER, values)

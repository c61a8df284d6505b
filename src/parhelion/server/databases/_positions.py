"""Up to which position all events, and all lines of the audit log, are committed, or never will be.

A position is given before its commit, and commits come in any order: who has read 7 may have missed 6. So who is about
to take positions says first beyond which they will be, by a lock that everybody sees:

    writer   last := the sequence's   lock(last)      nextval ... nextval      commit, visible, unlocked
    reader          end := the sequence's   least := the least of the locks    reads up to min(end, least)

A writer whose lock the reader did not see took it after the reader looked, and takes positions beyond `end`; or had
given it up by then, and what it wrote is visible to a statement that begins after that.
"""

from __future__ import annotations

from typing import NamedTuple

from ._connecting import Connection

_BITS = 48  # of a position, in the number of a lock; the others say which sequence
TABLES = ("event", "audit")  # whose rows are read in the order of their positions
_FIND = """
    select name, sequence, cast(cast(sequence as regclass) as oid) from unnest($1::text[]) as name,
        to_regclass(name) as its, pg_get_serial_sequence(cast(its as text), 'position') as sequence
    where its is not null order by name"""


class Positions(NamedTuple):
    """Those that one sequence gives."""

    end: str
    least: str
    hold: str


def given(sequence: str) -> str:
    """What asks for the last number that a sequence has given."""
    return f"select last_value - 1 + cast(is_called as int) from {sequence}"


async def positions(connection: Connection) -> dict[str, Positions]:
    """Of each table that is there."""
    found = await connection.fetch(_FIND, TABLES)
    return {name: _positions(sequence, oid % 2**15) for name, sequence, oid in found}


def _positions(sequence: str, which: int) -> Positions:
    end = given(sequence)
    least = f"""
        select min((cast(classid as bigint) << 32 | cast(objid as bigint)) & {(1 << _BITS) - 1}) from pg_locks
        where locktype = 'advisory' and objsubid = 1 and cast(classid as bigint) >> {_BITS - 32} = {which}
        and database = (select oid from pg_database where datname = current_database())"""
    return Positions(end, least, f"pg_advisory_xact_lock_shared({which << _BITS} | ({end}))")

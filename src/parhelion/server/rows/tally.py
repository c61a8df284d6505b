"""What happened in apps, minute by minute, in SQL. Whoever has counted something adds it.

add       a row for each name, made or added to: so any number of processes count together, and meet for a moment only
read      from minute to minute, added up by steps
sweep     what is old goes, some at a time; what an app leaves goes with it (rows/apps.py)
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ..ports import Database, Row, Step, Value, Values, Write

TOGETHER = 16  # names of one write
MOST = 1000  # deliveries that are counted

# Nothing is counted of an app that is gone.
_ADD = """
    insert into tally (app_id, minute, name, count)
    select :app, :minute, :name_{0}, :count_{0} from app where id = :app
    on conflict (app_id, minute, name) do update set count = tally.count + excluded.count"""
_READ = """
    select (minute - :first) / :length, name, sum(count) from tally
    where app_id = :app and minute >= :first and minute < :end
    group by (minute - :first) / :length, name"""
# Up to the last of the next few, of which an app has as many as names.
_SWEEP = (
    Step(
        """
    delete from tally where minute < :before and (minute, app_id) <= (
        select minute, app_id from (
            select minute, app_id from tally where minute < :before order by minute, app_id limit :several) few
        order by minute desc, app_id desc limit 1)""",
        "none is that old",
    ),
)
_COUNT = """
    select count(*) from (
        select 1 from webhook w join delivery d on {}
        where w.app_id = :app limit :several) few"""
_PENDING = _COUNT.format("d.app_id = w.app_id and d.webhook_id = w.id and d.failed_at = 0")
_FAILED = _COUNT.format("d.lane = w.id and d.failed_at > 0")


@cache
def _add(several: int) -> tuple[Step, ...]:
    return tuple(Step(_ADD.format(number)) for number in range(several))


def add(app: str, minute: int, counts: Mapping[str, int]) -> Write:
    """More of some names, at most TOGETHER, in a minute since 1970."""
    values: dict[str, Value] = {"app": app, "minute": minute}
    for number, name in enumerate(sorted(counts)):  # in one order by all: nobody locks another out
        values |= {f"name_{number}": name, f"count_{number}": counts[name]}
    return Write(app, _add(len(counts)), values)


async def read(database: Database, app: str, first: int, length: int, end: int) -> list[tuple[int, str, int]]:
    """(step, name, count) from one minute until another, by steps of so many. What did not happen is not there."""
    values: Values = {"app": app, "first": first, "length": length, "end": end}
    found = await database.read_all(_READ, values)
    return [(int(step), str(name), int(count)) for step, name, count in found]


async def deliveries(database: Database, app: str) -> tuple[int, int]:
    """How many are pending, and how many have failed: each up to MOST."""
    values: dict[str, Value] = {"app": app, "several": MOST}
    pending, failed = [await database.read_one(sql, values) for sql in (_PENDING, _FAILED)]
    return (_number(pending), _number(failed))


def _number(row: Row | None) -> int:
    return int(row[0]) if row is not None else 0


def sweep(before: int, several: int) -> Write:
    """Some of what is from before a minute. To be done until it is refused."""
    return Write("tally", _SWEEP, {"before": before, "several": several})

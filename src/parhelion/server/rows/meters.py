"""When buckets will be full again, in SQL: what the processes of a store know together. See ports.Meters.

A bucket without a row is full. So one whose row was forgotten meanwhile may be written as if it were still there: what
was seen of it lies in the past.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from ..ports import CHANGED, Database, Row, Step, Write

_PAGE = "select name, moment from meter where name > :after order by name limit :several"
_FORGET = (
    Step(
        "delete from meter where name > :after and name <= :last and moment <= :before",
        "nothing is full",
    ),
)


@cache
def _change(several: int) -> tuple[Step, ...]:
    return tuple(
        Step(
            f"""
    insert into meter (name, moment) values (:name{at}, :to{at})
    on conflict (name) do update set moment = excluded.moment where meter.moment = :seen{at}""",
            CHANGED,
        )
        for at in range(several)
    )


@cache
def _find(several: int) -> str:
    return f"select name, moment from meter where name in ({', '.join(f':name{at}' for at in range(several))})"


def change(seen: Mapping[str, int], to: Mapping[str, int]) -> Write:
    """New moments for the same names, if none has another than was seen."""
    names, values = sorted(seen), dict[str, str | int]()  # in one order by all: nobody locks another out
    for at, name in enumerate(names):
        values |= {f"name{at}": name, f"seen{at}": seen[name], f"to{at}": to[name]}
    return Write(names[0], _change(len(names)), values)


def forget(after: str, last: str, before: int) -> Write:
    """What was full before a moment, among the names after one and up to another."""
    return Write("meters", _FORGET, {"after": after, "last": last, "before": before})


async def find(database: Database, names: Sequence[str]) -> dict[str, int]:
    """The moments under some names; 0 where there is none."""
    found = await database.read_all(_find(len(names)), {f"name{at}": name for at, name in enumerate(names)})
    return dict.fromkeys(names, 0) | {str(name): int(moment) for name, moment in found}


async def page(database: Database, after: str, several: int) -> list[Row]:
    """(name, moment)"""
    return await database.read_all(_PAGE, {"after": after, "several": several})

"""A kind of write, compiled: a function that does a whole group of writes in one statement, and so in one round trip.

    write_N(writer, number, how many, all their values of the first name, all of the second ...)

        the receipt is signed: who loses the answer will ask it
        for each write: its steps in order, each seeing the earlier ones, as on SQLite
                        refused by the first: nothing to undo | by a later one: taken back to where it began
        -> an outcome each: -1 - the place of the step that refused it, or the bells that its steps ring, as bits

It lives as long as the connection (pg_temp): no name to agree on with other nodes or versions, and nothing to clean up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..ports import Step, Write
from ._connecting import Connection, answered
from ._receipts import CLOSED, KEEP, SIGN, SURELY
from ._tongue import answers, named, numbered

MOST = 1000  # kinds that are remembered; they are a few dozen
_FUNCTION = """
create function pg_temp.{name}({parameters}) returns int[] language plpgsql as $write$
#variable_conflict use_column
declare
    results int[] := array_fill(0, array[$3]);
    outcome int;
    refused boolean := false;
    {variables}
begin
    {sign}
    for n in 1 .. $3 loop
        {values}
        outcome := 0;
        <<one>> begin
            {steps}
        {refused}end one;
        results[n] := outcome;
        refused := refused or outcome < 0;
    end loop;
    if refused then
        {keep}
    end if;
    return results;
end
$write$"""
_SIGN = (
    f"perform {SURELY};\n    {SIGN};\n"
    f"    if not found then raise sqlstate '{CLOSED}' using message = 'the receipt was closed'; end if;\n    "
)
_KEEP = KEEP.replace("$2", "results") + ";"  # not called as a column is, which would be meant
_LATE = "exception when sqlstate 'PH002' then outcome := cast(sqlerrm as int);\n        "


class Function(NamedTuple):
    """A kind, ready to be compiled on any connection."""

    create: str
    call: str
    names: tuple[str, ...]

    def values(self, writes: Sequence[Write]) -> list[list[object]]:
        """All of each name."""
        return [[write.values[name] for write in writes] for name in self.names]


class Kinds:
    """Those that have been met, by what a server said of their values' types. All writers of a process share it."""

    def __init__(self) -> None:
        self._functions: dict[tuple[Step, ...], Function | None] = {}
        self._types: dict[str, dict[str, str]] = {}  # of a statement's names
        self._met = 0

    async def function(self, connection: Connection, kind: tuple[Step, ...], first: str) -> Function | None:
        """None for a kind that answers rows. `first`: what a group begins with."""
        if kind not in self._functions:
            if len(self._functions) >= MOST:
                self._functions.clear()
                self._types.clear()
            self._functions[kind] = await self._made(connection, kind, first)
        return self._functions[kind]

    async def _made(self, connection: Connection, kind: tuple[Step, ...], first: str) -> Function | None:
        if any(answers(step.sql) for step in kind):
            return None
        types: dict[str, str] = {}
        for step in kind:
            for its, type in (await self._types_of(connection, step.sql)).items():
                if types.setdefault(its, type) != type:
                    raise TypeError(f":{its} is {types[its]} here and {type} there: say cast(:{its} as ...)")
        self._met += 1
        return _function(f"write_{self._met}", kind, types, first)

    async def _types_of(self, connection: Connection, sql: str) -> dict[str, str]:
        found = self._types.get(sql)
        if found is None:
            text, names = numbered(sql)
            parameters = (await answered(connection, connection.prepare(text))).get_parameters()
            found = self._types[sql] = {name: type.name for name, type in zip(names, parameters, strict=True)}
        return found


def _function(name: str, kind: tuple[Step, ...], types: dict[str, str], first: str) -> Function:
    create = _FUNCTION.format(
        name=name,
        parameters=", ".join(["bigint", "bigint", "int", *(f"{type}[]" for type in types.values())]),
        variables="\n    ".join(f"_{its} {type};" for its, type in types.items()),
        sign=f"{_SIGN}{first}",
        values="\n        ".join(f"_{its} := ${place}[n];" for place, its in enumerate(types, 4)),
        steps="\n            ".join(_told(step, place) for place, step in enumerate(kind)),
        refused=_LATE if any(step.otherwise for step in kind[1:]) else "",  # what can be undone costs a savepoint
        keep=_KEEP,
    )
    call = f"select pg_temp.{name}({', '.join(f'${number}' for number in range(1, 4 + len(types)))})"
    return Function(create, call, tuple(types))


def _told(step: Step, place: int) -> str:
    said = named(step.sql, lambda name: f"_{name}").strip() + ";"
    if step.otherwise:
        late = f"raise sqlstate 'PH002' using message = '{-1 - place}';"
        said += f" if not found then {late if place else 'outcome := -1; exit one;'} end if;"
    if step.bell:
        said += f" if found then outcome := outcome | {1 << place}; end if;"
    return said


def rung(kind: Sequence[Step], outcome: int) -> set[str]:
    """The bells that a write's steps ring."""
    return {step.bell for place, step in enumerate(kind) if step.bell and outcome >> place & 1}

"""The yardstick for durable posts: `parhelion serve` as it is, but messages are kept in a dict and never on a disk.

Their events are made and dropped.

Everything above the database is the server's own: HTTP, credentials, decoding, rules, encoding. Posts are answered at
once, without a commit or a hop to another thread, and pages come from a list.

    python -m bench.memory DIR
"""

from __future__ import annotations

import asyncio
import sys
from bisect import bisect_left
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from parhelion.cli import serve
from parhelion.cli.settings import Settings
from parhelion.server import assemble, rows
from parhelion.server.databases.sqlite import Sqlite
from parhelion.server.ports import Refused, Row, Step, Values, Write
from parhelion.server.rows.events import Told, telling


class Overheard(Exception):
    """A statement that was about to be read: how a kind of read is told apart without knowing its text."""


class Listening:
    async def read_all(self, sql: str, _: Values) -> list[Row]:
        raise Overheard(sql)


def _sql(reading: Coroutine[Any, Any, object]) -> str:
    try:
        reading.send(None)
    except Overheard as heard:
        return str(heard)
    raise AssertionError("nothing was read")


POST: tuple[Step, ...] = telling(rows.messages.post("", "", "", 0, b"", []), "", 0, [Told("", "", "", "", b"")]).steps
BEFORE = _sql(rows.messages.page(Listening(), "", "", "", 1, back=True))  # type: ignore[arg-type]  # it only listens


class Memory(Sqlite):
    """A database whose messages are nowhere else."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._here = asyncio.get_running_loop()
        self._said: dict[tuple[Any, Any], list[tuple[str, bytes]]] = {}

    def write(self, write: Write) -> asyncio.Future[list[Row]]:
        if write.steps is not POST:
            return super().write(write)
        values: Any = write.values
        done: asyncio.Future[list[Row]] = self._here.create_future()
        said = self._said.setdefault((values["app"], values["conversation"]), [])
        if len(said) < values["cap"] and (not said or said[-1][0] < values["id"]):
            said.append((values["id"], values["body"]))
            done.set_result([])
        else:
            done.set_exception(Refused("not now"))
        return done

    async def read_all(self, sql: str, values: Values) -> list[Row]:
        if sql is not BEFORE:
            return await super().read_all(sql, values)
        found: Any = values
        said = self._said.get((found["app"], found["conversation"]), [])
        end = bisect_left(said, (found["cursor"],))
        return list(said[max(0, end - found["several"]) : end][::-1])


if __name__ == "__main__":
    assemble.Sqlite = Memory  # type: ignore[misc]  # that is the point
    sys.exit(serve.serve(Settings(data=Path(sys.argv[1]), port=0)))

"""An SQLite file, looked at: every page of every table and index, its log, and its index of words.

It may be served meanwhile: readers hold up nobody, and each step is short, so that the log can be carried home between.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import apsw

from ..ports import Damaged, Finding, Row, Step, UnusableStore, Values, Write
from . import _log as log, _shapes as shapes
from ._words import EMPTY, OF_NOTHING, PLACES, looked_at_in_sqlite
from .soundness import WORDS, Told
from .sqlite import DAMAGE

FEW = 10  # faults that are told of a table
SEVERAL = 2000  # places that are looked at in a statement
PAUSE = 1.0  # seconds until a log that looks broken is looked at again
_TABLES = "select name, sql like 'create virtual%' from sqlite_master where type = 'table' order by rootpage, name"
_PAGES = "select count(*) from sqlite_master where rootpage > 0"
_AWAY = (
    "stop the server, keep a copy of the whole folder as it is, and restore a backup. Where only indexes are damaged, "
    "`parhelion copy` into an empty folder leaves them behind and has all rows"
)


class SoundFile:
    """One file. It is there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._made: Any = None

    def __str__(self) -> str:
        return str(self._path)

    async def read_all(self, sql: str, values: Values) -> list[Row]:
        return await asyncio.to_thread(self._read, looked_at_in_sqlite(sql), values)

    async def version(self) -> int:
        tables = [str(row[0]) for row in await self.read_all(_TABLES, {})]
        found = await self.read_all(shapes.FIND, {}) if shapes.check(tables) else []
        return shapes.shape(found).version

    async def parts(self, told: Told) -> AsyncIterator[Finding]:
        yield await self._log()
        try:
            tables = await self.read_all(_TABLES, {})
        except Damaged as damage:
            yield _file(0, (str(damage),))
            return
        pages = (await self.read_all("pragma page_count", {}))[0][0]
        found, words = list[str](), list[str]()
        for done, (name, is_virtual) in enumerate(tables):
            told("the file", done, len(tables))
            lines = [line for line in await self._integrity(name) if line != "ok"]
            (words if is_virtual else found).extend(f"{name}: {line}" for line in lines)
        found += [f"unused pages: {line}" for line in await self._integrity("sqlite_schema") if line != "ok"]
        found += [f"{row[0]} refers to nothing" for row in await self.read_all("pragma foreign_key_check", {})]
        yield _file(pages, tuple(found))
        if not found:
            yield await self._words(words, told)

    @property
    def rebuild(self) -> Write | None:
        return Write(WORDS, _EMPTIED, {})

    async def close(self) -> None:
        if self._made is not None:
            self._made.close()

    async def _log(self) -> Finding:
        path = self._path.with_name(f"{self._path.name}-wal")
        for attempt in (0, 1):  # one that is being written is looked at twice
            try:
                frame, frames = await asyncio.to_thread(log.broken, path)
            except FileNotFoundError:
                frame = frames = 0
            if not frame:
                return Finding("log", frames, "frames")
            if not attempt:
                await asyncio.sleep(PAUSE)
        return Finding(
            "log",
            frames,
            "frames",
            1,
            "are not what was written: who opens the file next loses what was committed in them and after them",
            (f"frame {frame}",),
            advice="do not start the server, nor stop one that runs: keep a copy of the whole folder first. " + _AWAY,
            damage=True,
        )

    async def _integrity(self, table: str) -> list[str]:
        try:
            return [str(row[0]) for row in await self.read_all(f"pragma integrity_check('{table}')", {})]
        except Damaged as damage:
            return [str(damage)]

    async def _words(self, lines: list[str], told: Told) -> Finding:
        """Whether it is whole in itself, and has nothing of messages that are gone."""
        looked = of_nothing = 0
        after = -1
        try:
            while not lines and (places := await self.read_all(PLACES, {"after": after, "several": SEVERAL})):
                last = int(places[-1][0])
                looked += len(places)
                of_nothing += int((await self.read_all(OF_NOTHING, {"after": after, "last": last}))[0][0])
                after = last
                told("index of words", looked, looked)
        except Damaged as damage:
            lines = [str(damage)]
        if not lines and not of_nothing:
            return Finding(WORDS, looked, "messages in it")
        return Finding(
            WORDS,
            looked,
            "messages in it",
            max(len(lines), of_nothing),
            "are gone and were not taken out of it" if of_nothing else "are what shows that it contradicts itself",
            tuple(lines[:FEW]),
            will="empty it, and index all messages anew; until that is done, searches find less",
        )

    def _read(self, sql: str, values: Values) -> list[Row]:
        try:
            if self._made is None:
                self._made = self._open()
            rows: list[Row] = self._made.execute(sql, values).fetchall()
            return rows
        except DAMAGE as damage:
            raise Damaged(str(damage)) from None

    def _open(self) -> Any:
        try:
            connection = apsw.Connection(str(self._path), flags=apsw.SQLITE_OPEN_READONLY)
            connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
            connection.set_busy_timeout(10000)
        except apsw.CantOpenError as error:
            raise UnusableStore(f"{self._path} cannot be opened: {error}") from None
        return connection


_EMPTIED = tuple(map(Step, EMPTY))


def _file(pages: int, found: tuple[str, ...]) -> Finding:
    if not found:
        return Finding("file", pages, "pages")
    return Finding(
        "file",
        pages,
        "pages",
        len(found),
        "faults of the file itself",
        found[:FEW],
        advice=_AWAY,
        damage=True,
    )

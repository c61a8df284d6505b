"""An SQLite file, looked at: every page of every table and index, its log, and its index of words.

It may be served meanwhile: readers hold up nobody, and each step is short, so that the log can be carried home between.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import apsw

from ..ports import Damaged, Finding, Row, Shape, Step, UnusableStore, Values, Write
from . import _log as log, _shapes as shapes
from ._words import EMPTY, HAVE, LOST, PLACES, looked_at_in_sqlite, rarest
from .soundness import WORDS, Told
from .sqlite import DAMAGE

FEW = 10  # faults that are told of a table
SEVERAL = 1000  # messages of the index that are looked at together
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
        self._using = threading.Lock()

    def __str__(self) -> str:
        return str(self._path)

    async def read_all(self, sql: str, values: Values) -> list[Row]:
        return await asyncio.to_thread(self._read, looked_at_in_sqlite(sql), values)

    async def read_one(self, sql: str, values: Values) -> Row | None:
        rows = await self.read_all(sql, values)
        return rows[0] if rows else None

    async def shape(self) -> Shape:
        tables = [str(row[0]) for row in await self.read_all(_TABLES, {})]
        found = await self.read_all(shapes.FIND, {}) if shapes.check(tables) else []
        return shapes.shape(found)

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
            lines = await self._integrity(str(name), is_virtual=bool(is_virtual))
            (words if is_virtual else found).extend(f"{name}: {line}" for line in lines)
        found += [f"unused pages: {line}" for line in await self._integrity("sqlite_schema")]
        found += [f"{row[0]} refers to nothing" for row in await self.read_all("pragma foreign_key_check", {})]
        yield _file(pages, tuple(found))
        if not found:
            yield await self._words(words, told)

    @property
    def rebuild(self) -> Write | None:
        return Write(WORDS, _EMPTIED, {})

    async def close(self) -> None:
        if (made := self._made) is not None:
            made.interrupt()  # who was cancelled while it waited has left a thread behind that reads
            await asyncio.to_thread(self._shut)

    def _shut(self) -> None:
        with self._using:
            self._made.close()
            self._made = None

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

    async def _integrity(self, table: str, *, is_virtual: bool = False) -> list[str]:
        """What is wrong with it, a line each."""
        if is_virtual:
            # FTS5 is asked over a connection that has not seen it yet: it remembers what there was, and would find the
            # rows of a later moment wrong by that (SQLite 3.54).
            await self.close()
        try:
            lines = [str(row[0]) for row in await self.read_all(f"pragma integrity_check('{table}')", {})]
        except Damaged as damage:
            return [str(damage)]
        return [line for line in lines if line != "ok"]

    async def _words(self, lines: list[str], told: Told) -> Finding:
        """Whether it is whole in itself, has all messages that have a place in it, and none that is gone."""
        looked = wrong = 0
        after = -1
        try:
            total = int((await self.read_all("select count(*) from message_place", {}))[0][0])
            while not lines and (some := await self.read_all(PLACES, {"after": after, "several": SEVERAL})):
                wrong += await self._strange(some)
                looked, after = looked + len(some), int(some[-1][0])
                told(WORDS, looked, max(total, looked))
        except Damaged as damage:
            lines = [str(damage)]
        if not lines and not wrong:
            return Finding(WORDS, looked, "messages in it")
        return Finding(
            WORDS,
            looked,
            "messages in it",
            max(len(lines), wrong),
            "are not found by their words, or are gone and were not taken out" if wrong else "contradict each other",
            tuple(lines[:FEW]),
            will="empty it, and index all messages anew; until that is done, searches find less",
        )

    async def _strange(self, some: list[Row]) -> int:
        """How many of these places are of messages that are gone, or are not found by the rarest of their words."""
        gone = sum(not words for *_, words in some)
        terms = rarest([(place, app, words) for place, app, _, words in some if words])
        first, last = some[0][0], some[-1][0]
        have = await asyncio.to_thread(self._have, sorted(set(terms.values())), first, last)
        lost = [(place, term) for place, term in terms.items() if place not in have[term]]
        for place, term in lost:  # once more, at one moment: it may have been taken away between two statements
            gone += len(await self.read_all(LOST, {"place": place, "term": term}))
        return gone

    def _have(self, terms: list[str], first: int, last: int) -> dict[str, set[int]]:
        """Which of these places each word is found at. All at once: going to a thread costs more than finding one."""
        found = {term: self._read(HAVE, {"term": term, "first": first, "last": last}) for term in terms}
        return {term: {int(row[0]) for row in rows} for term, rows in found.items()}

    def _read(self, sql: str, values: Values) -> list[Row]:
        try:
            with self._using:
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

"""parhelion import: the lines of an export into a store, while it is served.

Run again it does nothing, or goes on: what is there, and the same, is passed over.
"""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import BinaryIO, TextIO

from ..server.assemble import Store, engines
from ..server.commands import Engines, audit
from ..server.commands.importing import Importer, RefusedLineError, app_of, header_of, new_app
from ..server.dispatch.afterwards import Afterwards
from ..server.ports import Refused, Unavailable, Unknown, milliseconds
from ..server.rows import apps
from ..wire import ExportHeader
from ..wire.export import LONGEST_LINE
from .memory import peak
from .progress import Progress

PIECE = 256 * 1024


def import_(
    store: Store, path: str, app: str | None, *, into_new_app: bool, refused: str | None, public_url: str | None
) -> int:
    """Take it in. `app`: into this one, which is there. `refused`: a file for what is refused."""
    if app is not None and into_new_app:
        raise ValueError("--app and --into-new-app exclude each other")
    again = "Run this again, and it goes on: what is there is passed over"
    try:
        with ExitStack() as open_:
            file = open_.enter_context(Path(path).open("rb"))
            report = None if refused is None else open_.enter_context(Path(refused).open("w", encoding="utf-8"))
            taking = _import(store, file, path, app, into_new_app, _Refusals(report), public_url)
            return asyncio.run(taking)
    except (Unavailable, Unknown) as trouble:
        raise OSError(f"{trouble}. {again}") from None
    except KeyboardInterrupt:
        print(f"\nparhelion: interrupted. {again}", file=sys.stderr)
        raise


async def _import(
    store: Store,
    file: BinaryIO,
    path: str,
    app: str | None,
    into_new_app: bool,
    refusals: _Refusals,
    public_url: str | None,
) -> int:
    async with engines(store) as opened:
        importer, app, made = await _taken(opened, file, path, app, into_new_app, refusals, public_url)
        return _tell(importer, refusals, app, made=made)


async def _taken(
    opened: Engines,
    file: BinaryIO,
    path: str,
    app: str | None,
    into_new_app: bool,
    refusals: _Refusals,
    public_url: str | None,
) -> tuple[Importer, str, bool]:
    # What was deleted and is not cleared away yet would take along what comes in under its ids.
    await Afterwards(opened.database, opened.media, opened.clock).once()
    lines = _lines(file)
    try:
        header = header_of(next(lines, (0, b""))[1])
        first = next(lines, None)
        app, made = await _app(opened, header, None if first is None else first[1], app, into_new_app=into_new_app)
    except RefusedLineError as why:
        raise ValueError(f"{path} is no export: {why}") from None
    importer = Importer(opened, header, app, refusals.tell, public_url, partial(_beside, path))
    progress = Progress()
    size = os.fstat(file.fileno()).st_size
    number = 1
    try:
        if first is not None:
            await importer.take(*first)
        for number, said in lines:
            await importer.take(number, said)
            if not number % 100:
                progress.told("imported, bytes", file.tell(), size)
        await importer.finish()
    finally:
        progress.end()
        await importer.abandon()
    if made:
        importer.there["app"] -= 1
        importer.taken["app"] += 1
    return importer, app, made


async def _app(
    opened: Engines, header: ExportHeader, first: bytes | None, app: str | None, *, into_new_app: bool
) -> tuple[str, bool]:
    """Into which it goes, and whether that was made for it."""
    into = opened.ids.next() if into_new_app else app or header.app_id
    line = None
    if await apps.find(opened.database, into) is None:
        if app is not None:
            raise ValueError(f"there is no app {app}. Without --app the file's own is made")
        line = None if first is None else app_of(first)
        if line is None:
            raise ValueError(f"there is no app {into}, and the file does not say how to make it: name one with --app")
    await audit.note(opened.database, opened.vault, opened.clock, "import", f"app/{into}", into)
    if line is None:
        return into, False
    try:
        await opened.database.write(new_app(line, into, milliseconds(opened.clock())))
    except Refused:
        return into, False  # another import was faster
    return into, True


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each with its number, from 1. Of one that is too long the beginning, which is as much too long."""
    number = 0
    while said := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(said) > LONGEST_LINE and not said.endswith(b"\n"):
            while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
        yield number, said.rstrip(b"\r\n") if said.endswith(b"\n") else said


async def _beside(path: str, id: str) -> AsyncIterator[bytes]:
    with _file(path, id) as file:
        while piece := file.read(PIECE):
            yield piece


def _file(path: str, id: str) -> BinaryIO:
    """A plain file: a link may lead to what is not for them to have, and a pipe would never answer."""
    place = Path(f"{path}.media", id)
    if not stat.S_ISREG(place.lstat().st_mode):
        raise FileNotFoundError(place)
    return os.fdopen(os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


class _Refusals:
    """What is said of lines that are refused: all of it into a file, or some of it on the terminal."""

    def __init__(self, report: TextIO | None) -> None:
        self._report = report
        self._told = 0

    def tell(self, number: int, kind: str, why: str) -> None:
        line = f"line {number}: {kind}: {''.join(each if each.isprintable() else '?' for each in why)}"
        self._told += 1
        if self._report is not None:
            print(line, file=self._report)
        else:
            print(line, file=sys.stderr)

    def __len__(self) -> int:
        return self._told


def _tell(importer: Importer, refusals: _Refusals, app: str, *, made: bool) -> int:
    print(f"Imported into the app {app}{', which was made for it' if made else ''}.")
    for what, counts in (
        ("taken in", importer.taken),
        ("already there", importer.there),
        ("left out, as their bytes are not in the export", importer.left_out),
        ("refused", importer.refused),
    ):
        if told := ", ".join(f"{count:,} {kind}" for kind, count in _shown(counts)):
            print(f"{what}: {told}")
    print(f"Peak memory {peak():,.0f} MB.")
    status = 1 if len(refusals) else 0
    if importer.end is None:
        print("parhelion: the file has no last line: its export was not finished", file=sys.stderr)
        return 1
    said, read = importer.end.counts, importer.lines
    if said is not None and any(read[kind] != count for kind, count in said.items() if not read["line"]):
        print("parhelion: lines are missing: the last line tells of more than there were", file=sys.stderr)
        return 1
    return status


def _shown(counts: Counter[str]) -> list[tuple[str, int]]:
    return [(kind, count) for kind, count in counts.items() if count and kind != "bytes"]

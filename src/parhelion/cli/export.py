"""parhelion export: an app into a file, line by line, while it is served.

FILE          the lines; a run that was interrupted is gone on with after the last whole one
FILE.media/   what is in the attachments, each under its id, there before its line is
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing, closing
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ..server.assemble import Store, engines
from ..server.commands import Engines
from ..server.commands.exports import Wanted, place, written
from ..server.ports import Unavailable
from ..server.rows import apps, exporting
from ..wire import ExportedAttachment, ExportEnd, ExportHeader, ExportLine
from ..wire.export import LONGEST_LINE, VERSION, Files, place_of
from ..wire.reading import Unreadable, strict
from .memory import peak
from .progress import Progress

STDOUT = "-"
COUNTED = ("user", "attachment", "conversation", "message")  # what the bar goes by


def export(store: Store, app: str, to: str, files: Files) -> int:
    """Write it down. `to`: a path, or STDOUT."""
    if files == "beside" and to == STDOUT:
        files = "none"
    try:
        return asyncio.run(_export(store, app, to, files))
    except Unavailable as trouble:
        raise OSError(f"{trouble}. {_kept(to)}") from None
    except OSError as trouble:
        raise OSError(f"{trouble}. {_kept(to)}") from trouble
    except KeyboardInterrupt:
        print(f"\nparhelion: interrupted. {_kept(to)}", file=sys.stderr)
        raise


def _kept(to: str) -> str:
    if to == STDOUT:
        return "With --to FILE it could be gone on with"
    return "What was written is kept: run this again, and it goes on after the last whole line"


async def _export(store: Store, app: str, to: str, files: Files) -> int:
    store.need()
    async with engines(store) as opened:
        if await apps.find(opened.database, app) is None:
            raise ValueError(f"there is no app {app} in {store.rows}")
        if to == STDOUT:
            counts = Counter[str]()
            await _write(opened, Wanted(app, files, counts=counts), sys.stdout.buffer, None)
            _tell(counts, "standard output", sys.stderr)
            return 0
        with closing(_opened(Path(to))) as file:
            begun = _begun(file, app, files)
            if begun.complete:
                print(f"{to} is complete already. For a new export name another file.")
                return 0
            wanted = Wanted(app, begun.files, counts=begun.counts, until=begun.until)
            if begun.place is not None:
                wanted.after = place(begun.place)
                print(f"Going on after {sum(begun.counts.values()):,} lines.", file=sys.stderr)
            await _write(opened, wanted, file, Path(f"{to}.media") if begun.files == "beside" else None)
            file.flush()
            os.fsync(file.fileno())
        _tell(begun.counts, to, sys.stdout)
    return 0


async def _write(opened: Engines, wanted: Wanted, file: BinaryIO, media: Path | None) -> None:
    progress = Progress()
    total = sum(await exporting.size(opened.database, wanted.app))
    counts = wanted.counts
    assert counts is not None  # noqa: S101 - they are told at the end
    try:
        async with aclosing(written(opened.database, opened.media, opened.clock, wanted)) as pieces:
            async for piece in pieces:
                if media is not None and b'{"kind":"attachment"' in piece:
                    await _copy_files(opened, piece, media)
                file.write(piece)
                done = sum(counts[kind] for kind in COUNTED)
                progress.told("exported", done, max(done, total))
    finally:
        progress.end()
        file.flush()


async def _copy_files(opened: Engines, piece: bytes, media: Path) -> None:
    """What is in the attachments that these lines tell of. One that is gone meanwhile is passed over."""
    _make_folder(media)
    for said in piece.splitlines():
        if not said.startswith(b'{"kind":"attachment"'):
            continue
        file = strict(said, ExportedAttachment).data
        there = media / file.id
        if there.exists() and there.stat().st_size == file.size:
            continue
        part = media / f"{file.id}.part"
        try:
            await _copy(opened.media.read(file.id, 0, file.size), part)
        except FileNotFoundError:
            part.unlink(missing_ok=True)
            print(f"parhelion: the bytes of attachment {file.id} are gone", file=sys.stderr)
        else:
            part.replace(there)


async def _copy(pieces: AsyncIterator[bytes], to: Path) -> None:
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        async for piece in pieces:
            file.write(piece)


class _Begun(NamedTuple):
    """What is in a file."""

    files: Files
    counts: Counter[str]
    place: str | None = None  # after the last whole line; None: there is none
    until: str | None = None
    complete: bool = False


def _opened(path: Path) -> BinaryIO:
    """A file that nobody else writes to, and that is nobody else's to read."""
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise ValueError(f"another export is writing to {path}") from None
    return file


def _begun(file: BinaryIO, app: str, files: Files) -> _Begun:
    """Read up to the last whole line, and cut off what is behind it."""
    counts, last, end = Counter[str](), b"", 0
    header: ExportHeader | None = None
    while (said := file.readline(LONGEST_LINE + 1)).endswith(b"}\n") and said.startswith(b'{"kind":"'):
        if header is None:
            header = _header(said, file.name, app)
        else:
            counts[said[9 : said.index(b'"', 9)].decode()] += 1
        last, end = said, end + len(said)
    if header is None and said and (end or not b'{"kind":"export"'.startswith(said[:16])):
        raise ValueError(f"{file.name} is something else already, and is left alone")
    file.seek(end)
    file.truncate()
    if header is None:
        return _Begun(files, counts)
    if header.files != files:
        print(f"parhelion: it was begun with files {header.files}, and goes on so", file=sys.stderr)
    line = _line(last, file.name)
    return _Begun(header.files, counts, place_of(line), header.until, isinstance(line, ExportEnd))


def _header(said: bytes, name: str, app: str) -> ExportHeader:
    line = _line(said, name)
    if not isinstance(line, ExportHeader) or line.version != VERSION:
        raise ValueError(f"{name} is no export of this version, and is left alone")
    if line.app_id != app:
        raise ValueError(f"{name} is an export of the app {line.app_id}, and is left alone")
    return line


def _line(said: bytes, name: str) -> ExportLine:
    try:
        line: ExportLine = strict(said, ExportLine)
    except Unreadable as why:
        raise ValueError(f"{name} cannot be gone on with: {why}") from None
    return line


def _tell(counts: Counter[str], where: str, to: object) -> None:
    told = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
    print(f"Exported to {where}: {told or 'nothing'}. Peak memory {peak():,.0f} MB.", file=to)  # type: ignore[call-overload]


def _make_folder(path: Path) -> None:
    path.mkdir(mode=0o700, exist_ok=True)

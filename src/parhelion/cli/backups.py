"""A folder of backups, and what is in it.

    DIR/
    parhelion-backup                 what this folder is, in words; locked while somebody is at it
    media/XX/ID                      attachments: each once, however many snapshots have it
    snapshots/MOMENT/                all else, as it was at one moment (UTC)
        parhelion.db                 one SQLite file
        media.sums                   which attachments belong to it, as `sha256sum -c` reads them in DIR/media
        master.key                   only when it was asked for
        backup.json                  what it is: written last
    snapshots/unfinished/, removed/  what is being made, or taken away: nothing, if that was cut off

A snapshot comes to be by the renaming of a folder, when all of it is on the disk, and is never changed after that.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import msgspec

FORMAT = 1
MARK, ROWS, SUMS, KEY, ABOUT = "parhelion-backup", "parhelion.db", "media.sums", "master.key", "backup.json"
UNFINISHED, REMOVED = "unfinished", "removed"
PIECE = 4 * 1024 * 1024
WORDS = """\
This folder is written by `parhelion backup`, and by nothing else.
See what is in it:   parhelion restore --list THIS-FOLDER
Take it out again:   parhelion restore THIS-FOLDER --data NEW-FOLDER --master-key FILE
"""


class Rows(msgspec.Struct, rename="camel"):
    """What was in the database."""

    bytes: int
    sha256: str
    version: int  # of the store
    oldest: int  # version that a program must know
    counts: dict[str, int]  # rows, by table


class Files(msgspec.Struct, rename="camel"):
    """The attachments that belong to it. `sha256`: of the list of them."""

    sha256: str
    count: int
    bytes: int
    missing: list[str] = []  # whose rows are there, and which the source had not, or not whole


class About(msgspec.Struct, rename="camel"):
    """`backup.json`: a snapshot. Times are RFC 3339, UTC."""

    format: int
    program: str  # its version
    begun: str
    moment: str  # what was answered before it is there
    ended: str
    rows: Rows | None  # None: the database has backups of its own
    media: Files
    fingerprint: str | None  # of the master key
    has_key: bool = False


class Snapshot(NamedTuple):
    """One that is complete."""

    folder: Path
    about: About

    @property
    def name(self) -> str:
        """Its moment, as it is asked for."""
        return self.folder.name

    def sums(self) -> Sums:
        """Its attachments."""
        return Sums(self.folder / SUMS)


class Sums:
    """A list of files with their checksums, in the order of their ids. `SHA256  XX/ID` are its lines."""

    def __init__(self, path: Path | None) -> None:
        """`path`: None is a list with nothing in it."""
        self._path = path
        self._ahead = iter(self)
        self._next = next(self._ahead, None)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """(id, checksum)"""
        if self._path is None:
            return
        with self._path.open(encoding="ascii") as lines:
            for line in lines:
                checksum, _, place = line.rstrip("\n").partition("  ")
                yield place.rpartition("/")[2], checksum

    def of(self, id: str) -> str | None:
        """What is said of a file. They are asked for in the order of their ids."""
        while self._next is not None and self._next[0] < id:
            self._next = next(self._ahead, None)
        return self._next[1] if self._next is not None and self._next[0] == id else None


def line(id: str, checksum: str) -> str:
    """Of a list of files."""
    return f"{checksum}  {id[-2:]}/{id}\n"


class Backups:
    """The folder. Whoever writes is alone in it; several may read at once."""

    def __init__(self, folder: Path, *, write: bool) -> None:
        """`ValueError` when it is none, or somebody is at it."""
        self.folder, self.media, self._snapshots = folder, folder / "media", folder / "snapshots"
        mark = folder / MARK
        if write:
            _make(folder, mark)
        elif not mark.exists():
            raise ValueError(f"{folder} is no folder of backups: `parhelion backup` makes one")
        self._lock = os.open(mark, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._lock, (fcntl.LOCK_EX if write else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise ValueError(f"somebody else backs up into {folder}, or restores from it: wait for that") from None
        if write:
            for each in (self.media, self._snapshots):
                each.mkdir(mode=0o700, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._lock)

    def all(self) -> list[Snapshot]:
        """Those that are complete, the oldest first."""
        found = sorted(self._snapshots.iterdir()) if self._snapshots.is_dir() else []
        return [
            Snapshot(each, _about(each / ABOUT))
            for each in found
            if each.name not in {UNFINISHED, REMOVED} and (each / ABOUT).is_file()
        ]

    def begin(self) -> Path:
        """A folder for the next one. What was cut off goes."""
        for name in (UNFINISHED, REMOVED):
            if (self._snapshots / name).exists():
                shutil.rmtree(self._snapshots / name)
        folder = self._snapshots / UNFINISHED
        folder.mkdir(mode=0o700)
        return folder

    def give_up(self) -> None:
        """Nothing is left of the one that was begun, but files that the next one may use."""
        shutil.rmtree(self._snapshots / UNFINISHED, ignore_errors=True)

    def finish(self, about: About) -> Snapshot:
        """The one that was begun is there, and on the disk."""
        folder, name = self._snapshots / UNFINISHED, about.moment.replace("-", "").replace(":", "")
        (folder / ABOUT).write_bytes(msgspec.json.format(msgspec.json.encode(about), indent=2) + b"\n")
        for each in folder.iterdir():
            sync(each)
        for each in (folder, self.media):
            sync(each)
        os.rename(folder, self._snapshots / name)  # noqa: PTH104 - never over another one
        sync(self._snapshots)
        return Snapshot(self._snapshots / name, about)

    def keep(self, several: int, newest: Snapshot) -> tuple[int, int]:
        """The newest snapshots, and `newest` in any case; the others go, then the files that none of the rest has.
        Answers how many of both.
        """
        found = self.all()
        rest = [each for each in found if each.name != newest.name]
        kept = [*rest[len(rest) - several + 1 :], newest] if several > 1 else [newest]
        gone = [each for each in found if each not in kept]
        for each in gone:
            shutil.rmtree(each.folder.rename(self._snapshots / REMOVED))
        wanted = {id for each in kept for id, _ in each.sums()}
        files = [path for path in self.media.glob("??/*") if path.name not in wanted]
        for path in files:
            path.unlink()
        return len(gone), len(files)


def _make(folder: Path, mark: Path) -> None:
    """`ValueError` for one that has other things in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if mark.exists():
        return
    if others := sorted(each.name for each in folder.iterdir() if each.name not in {"lost+found", f"{MARK}.new"}):
        some = ", ".join(others[:3]) + (", ..." if len(others) > 3 else "")
        raise ValueError(f"{folder} has other things in it ({some}): give backups a folder of their own")
    fresh = mark.with_name(f"{MARK}.new")
    fresh.write_text(WORDS)
    sync(fresh)
    fresh.replace(mark)
    sync(folder)


def _about(path: Path) -> About:
    try:
        said = msgspec.json.decode(path.read_bytes())
        if isinstance(said, dict) and said.get("format", FORMAT) > FORMAT:  # pyright: ignore[reportUnknownMemberType]
            raise ValueError(f"{path} was written by a newer Parhelion: install that one")
        return msgspec.convert(said, About)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{path} is damaged ({error}): move {path.parent} away, and the others can be used") from None


def rfc3339(moment: float) -> str:
    """To the millisecond, never later than it was."""
    whole = datetime.fromtimestamp(int(moment * 1000) / 1000, UTC)
    return whole.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sha256(path: Path, into: Path | None = None) -> str:
    """Of a file, as it is read from the disk. `into`: is written what is read."""
    digest = hashlib.sha256()
    with path.open("rb") as file, nullcontext() if into is None else into.open("wb") as copy:
        while piece := file.read(PIECE):
            digest.update(piece)
            if copy is not None:
                copy.write(piece)
    return digest.hexdigest()


def sync(path: Path) -> None:
    """A file, or what names are in a folder, is on the disk."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def several(number: int, what: str) -> str:
    """As people say it."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def some_of(names: Iterable[str]) -> str:
    """The first few."""
    first, *rest = [*names][:4]
    return ", ".join([first, *rest[:2]]) + (", ..." if len(rest) > 2 else "")

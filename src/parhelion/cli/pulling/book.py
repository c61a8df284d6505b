"""The file that is written, and the journal that says how far it holds.

    FILE            the format of `parhelion import`: export, app, pieces, end
    FILE.journal    whose account it is; then a line for each piece: where it ends, what it is, what it lacks
    FILE.media/     the files that messages show

First a piece is in FILE and on the disk, then the journal says so. Opened again, what follows the last piece that the
journal knows is cut off, the end of FILE included: an account that was copied can be gone on with.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Self

import msgspec

from ...wire.export import LONGEST_LINE
from .report import Missing, Trouble

RANKS = {
    name: rank
    for rank, name in enumerate(
        ("app", "user", "client", "device", "attachment", "conversation", "participant", "message")
    )
}


class Beginning(msgspec.Struct, kw_only=True, rename="camel"):
    """The first line of a journal."""

    source: str
    app_id: str
    exported_at: str
    journal: int = 1


class Mark(msgspec.Struct, kw_only=True, rename="camel", omit_defaults=True):
    """A line of a journal. `at` is how long FILE is with this piece; a person who is done has none."""

    at: int | None = None
    user: str | None = None
    conversation: str | None = None
    person: str | None = None
    lines: dict[str, int] = {}
    missing: list[Missing] = []


class Piece:
    """What belongs together, in a scratch file of no name: the lines in the order of their kinds, messages by id."""

    def __init__(self, folder: Path) -> None:
        self._scratch: BinaryIO = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by __exit__
        self._places: dict[tuple[int, str], tuple[int, int, int]] = {}  # -> number, offset, length
        self._size = 0
        self.missing: list[Missing] = []

    def add(self, kind: str, id: str, data: bytes, **above: str) -> bool:
        """One line; False where it was added before. Raises Trouble for one that is too long."""
        if (key := (RANKS[kind], id)) in self._places:
            return False
        if b"\n" in data or b"\r" in data:
            data = msgspec.json.format(data, indent=-1)
        said = b"".join(b',"%b":%b' % (name.encode(), msgspec.json.encode(word)) for name, word in above.items())
        line = b'{"kind":"%b"%b,"data":%b}\n' % (kind.encode(), said, data)
        if len(line) > LONGEST_LINE:
            raise Trouble("too large", f"it has {len(line):,} bytes, and a line has {LONGEST_LINE:,} at most")
        self._places[key] = (len(self._places), self._size, len(line))
        self._size += self._scratch.write(line)
        return True

    @property
    def lines(self) -> dict[str, int]:
        """How many there are of each kind."""
        counted = Counter(rank for rank, _ in self._places)
        return {kind: counted[rank] for kind, rank in RANKS.items() if counted[rank]}

    def in_order(self) -> Iterator[bytes]:
        """Its lines."""
        last = RANKS["message"]
        for _, (_, offset, length) in sorted(
            self._places.items(), key=lambda each: (each[0][0], each[0][1] if each[0][0] == last else "", each[1][0])
        ):
            self._scratch.seek(offset)
            yield self._scratch.read(length)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._scratch.close()


class Book:
    """FILE and its journal, for one process at a time. ValueError: FILE is something else. OSError."""

    def __init__(self, path: Path, source: str, app_id: str) -> None:
        self.path = path
        self.media = path.with_name(f"{path.name}.media")
        self._journal_path = path.with_name(f"{path.name}.journal")
        self.people: set[str] = set()  # who is done, as they were asked for
        self.users: set[str] = set()
        self.conversations: set[str] = set()
        self.lines: Counter[str] = Counter()
        if path.exists() and not self._journal_path.exists():
            raise ValueError(
                f"{path} is there already, and is no pull to go on with: choose another --to, or remove it"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        private = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._journal = os.fdopen(os.open(self._journal_path, private, 0o600), "r+b")
        self._file: BinaryIO | None = None
        self._is_whole = True
        try:
            self._locked()
            self._file = os.fdopen(os.open(path, private, 0o600), "r+b")
            self._begin(Beginning(source=source, app_id=app_id, exported_at=_now()))
            self.media.mkdir(mode=0o700, exist_ok=True)
        except BaseException:
            self.close()
            raise

    @property
    def is_begun(self) -> bool:
        """Whether a run before this one has left something."""
        return bool(self.lines)

    def piece(self) -> Piece:
        """An empty one."""
        return Piece(self.path.parent)

    def append(self, piece: Piece, *, user: str | None = None, conversation: str | None = None) -> None:
        """A whole piece: it is on the disk when this returns. Called by one thread at a time."""
        if not self._is_whole:
            raise OSError(f"{self.path} could not be written")
        self._is_whole = False
        for line in piece.in_order():
            self._out.write(line)
        _kept(self._out)
        self._is_whole = True
        mark = Mark(at=self._out.tell(), user=user, conversation=conversation, lines=piece.lines, missing=piece.missing)
        self._note(mark)

    def done(self, person: str) -> None:
        """All of a person is in it."""
        self._note(Mark(person=person))

    def end(self) -> None:
        """The last line: without it FILE is not finished."""
        self._out.write(b'{"kind":"end","counts":%b}\n' % msgspec.json.encode(self.lines))
        _kept(self._out)

    def missing(self) -> Iterator[Missing]:
        """What its pieces lack."""
        self._journal.seek(0)
        for line in self._journal:
            if b'"missing"' in line:
                yield from msgspec.json.decode(line, type=Mark).missing

    def close(self) -> None:
        """Let go of both."""
        for each in (self._file, self._journal):
            if each is not None:
                with contextlib.suppress(OSError):  # what a full disk did not take is cut off by the next run
                    each.close()

    @property
    def _out(self) -> BinaryIO:
        assert self._file is not None  # noqa: S101 - it is made with us
        return self._file

    def _locked(self) -> None:
        try:
            fcntl.flock(self._journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ValueError(f"another pull is at work on {self.path}") from None

    def _begin(self, ours: Beginning) -> None:
        first = self._journal.readline()
        try:
            theirs = msgspec.json.decode(first, type=Beginning) if first.endswith(b"\n") else None
        except msgspec.DecodeError:
            raise ValueError(f"{self._journal_path} is no journal of a pull: choose another --to") from None
        if theirs is None:  # nothing, or cut off in its first line: then nothing follows
            self._journal.seek(0)
            self._journal.truncate()
            theirs = ours
            self._journal.write(msgspec.json.encode(ours) + b"\n")
            _kept(self._journal)
        if (theirs.source, theirs.app_id) != (ours.source, ours.app_id):
            raise ValueError(
                f"{self.path} is a copy of app {theirs.app_id} at {theirs.source}: choose another --to for this one"
            )
        head = {"kind": "export", "version": 1, "appId": theirs.app_id, "exportedAt": theirs.exported_at}
        line = msgspec.json.encode(head | {"files": "beside", "source": theirs.source}) + b"\n"
        end = self._read(len(line), self._out.seek(0, os.SEEK_END))
        self._out.seek(0)
        self._out.write(line)
        self._out.truncate(end)
        self._out.seek(end)

    def _read(self, end: int, size: int) -> int:
        """How much of FILE holds, and what is in it. The journal is cut off where it says more than is there."""
        while True:
            at = self._journal.tell()
            line = self._journal.readline()
            try:
                mark = msgspec.json.decode(line, type=Mark) if line.endswith(b"\n") else None
            except msgspec.DecodeError:
                mark = None
            if mark is None or (mark.at is not None and mark.at > size):
                break
            self._learn(mark)
            end = end if mark.at is None else mark.at
        self._journal.seek(at)
        self._journal.truncate()
        return end

    def _note(self, mark: Mark) -> None:
        self._journal.seek(0, os.SEEK_END)
        self._journal.write(msgspec.json.encode(mark) + b"\n")
        _kept(self._journal)
        self._learn(mark)

    def _learn(self, mark: Mark) -> None:
        for word, known in (
            (mark.user, self.users),
            (mark.conversation, self.conversations),
            (mark.person, self.people),
        ):
            if word is not None:
                known.add(word)
        self.lines.update(mark.lines)


def _kept(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def object_of(data: bytes) -> dict[str, Any]:
    """What an object says; {} for what is none."""
    try:
        return msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def id_of(said: dict[str, Any]) -> str | None:
    """Its id, where it has one."""
    id = said.get("id")
    return id if isinstance(id, str) and id else None

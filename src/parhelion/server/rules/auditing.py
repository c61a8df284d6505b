"""The audit log as a chain, which only who has the key can make, and who has it can check.

    line    what was done, and its mark       MAC(key, what was done)                 made when the line is written
    seal    which lines, and its mac          MAC(key, mac before, which, marks)      made soon after, over many lines

        seal 7 <-- seal 8 <-- seal 9              lines behind the last seal are not held together yet
        lines      lines      lines

    altered                     its mark is not that of what it says
    missing, added, reordered   the seal says which lines there were, and its mac in which order
    a seal altered or missing   its mac is wrong, or its number; the next one's hangs on it
    cut off at the end          nothing here says so: a head that was noted elsewhere does
    cut off at the beginning    only behind an anchor, which says in the key's name that so far nothing is kept

Who may write to the store and has no key can neither write a line nor a seal. They can take away what was noted nowhere
else: lines that are not sealed yet, and the end of the log together with its seals.

The MAC is BLAKE2b with a key (RFC 7693), which takes a quarter of the time of an HMAC: each post waits for one.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

import msgspec

MOST = 100  # breaks that are told
_RANGES = re.compile(r"(?:[0-9]{1,19}(?:-[0-9]{1,19})?(?:,|\Z))+")
_WIDEST = 100_000  # lines of one seal, at most
_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{32})")


class What(NamedTuple):
    """What was done: who, what, when, from where."""

    at: int  # milliseconds since 1970
    app: str
    key: str
    scope: str
    operation: str
    object: str
    outcome: str
    address: str
    request: str


class Line(NamedTuple):
    """What was done, as it is kept."""

    position: int
    what: What
    mark: bytes


class Seal(NamedTuple):
    """What holds some lines together."""

    number: int
    at: int
    last: int
    lines: str
    mac: bytes
    anchor: bytes = b""

    @property
    def head(self) -> str:
        """By which it is known again: short enough to be noted, long enough not to be met by chance."""
        return f"{self.number}:{self.mac.hex()[:32]}"


class Break(NamedTuple):
    """A place where the log is not as it was written."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


def mark(key: bytes, what: What) -> bytes:
    """Of a line. 16 bytes: nobody meets one by trying."""
    return blake2b(msgspec.json.encode(what), digest_size=16, key=key, person=b"line").digest()


def sealed(key: bytes, before: Seal | None, at: int, lines: Sequence[Line]) -> Seal:
    """The next seal, over lines in their order, of which there is at least one."""
    number, last = (before.number if before else 0) + 1, lines[-1].position
    seal = Seal(number, at, last, ranges(line.position for line in lines), b"")
    return seal._replace(mac=_mac(key, before, seal, lines))


def anchor(key: bytes, seal: Seal) -> bytes:
    """What makes a seal the first that there is to know of."""
    said = msgspec.json.encode((seal.number, seal.last, seal.mac))
    return blake2b(said, digest_size=32, key=key, person=b"anchor").digest()


def _mac(key: bytes, before: Seal | None, seal: Seal, lines: Iterable[Line]) -> bytes:
    head = msgspec.json.encode((seal.number, seal.at, seal.last, seal.lines))
    marks = b"".join(line.mark for line in lines)
    said = (before.mac if before else b"") + head + marks
    return blake2b(said, digest_size=32, key=key, person=b"seal").digest()


def ranges(positions: Iterable[int]) -> str:
    """Rising numbers, shortly: 17-216,218."""
    found: list[list[int]] = []
    for each in positions:
        if found and each == found[-1][1] + 1:
            found[-1][1] = each
        else:
            found.append([each, each])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in found)


def positions(said: str) -> list[int] | None:
    """The numbers that `ranges` was told. None for what it has not said."""
    if not _RANGES.fullmatch(said) or said.endswith(","):
        return None
    found: list[int] = []
    for each in said.split(","):
        first, _, last = each.partition("-")
        run = range(int(first), int(last or first) + 1)
        if not run or (found and run[0] <= found[-1]) or len(found) + len(run) > _WIDEST:
            return None
        found += run
    return found


class Chain:
    """Whether a log is as it was written. It is told seals in order, each with its lines, then what is not sealed."""

    def __init__(self, key: bytes, head: str | None = None) -> None:
        """`head`: one that was noted earlier, which has to be met. ValueError when it is none."""
        match = _HEAD.fullmatch(head) if head is not None else None
        if head is not None and match is None:
            raise ValueError(f"{head!r} is not a head such as 12:0123456789abcdef0123456789abcdef")
        self._key, self._noted, self._number = key, head, int(match[1]) if match else 0
        self._before: Seal | None = None
        self._met = self._cut = False
        self.breaks: list[Break] = []
        self.several = 0  # breaks, told or not
        self.lines = self.seals = self.unsealed = 0

    @property
    def head(self) -> str:
        """Of the last seal. "" where there is none."""
        return self._before.head if self._before else ""

    @property
    def last(self) -> int:
        """The position of the last line that is sealed."""
        return self._before.last if self._before else 0

    def seal(self, seal: Seal, lines: Sequence[Line]) -> None:
        """The next one. `lines`: all there are behind the seal before and up to its own last."""
        before, whole = self._before, True
        place = f"seal {seal.number}"
        if seal.anchor and (before is None or seal.number > before.number):
            if not hmac.compare_digest(seal.anchor, anchor(self._key, seal)):
                self.find(place, "says that what was before it is kept no longer, and no server has said so")
            self._cut = self._number < seal.number
            self._note(seal)
            return
        if seal.number != (expected := before.number + 1 if before else 1):
            missing = f"seal {expected}" if seal.number == expected + 1 else f"seals {expected} to {seal.number - 1}"
            self.find(missing, "missing, with all that they said of their lines" if before else "missing")
            whole = False
        whole = self._check(seal, lines) and whole
        if whole and not hmac.compare_digest(seal.mac, _mac(self._key, before, seal, lines)):
            self.find(place, f"altered, or its lines {seal.lines} are not in their order")
        self.seals += 1
        self.lines += len(lines)
        self._note(seal)

    def rest(self, lines: Iterable[Line]) -> None:
        """What is not sealed yet."""
        for line in lines:
            self.unsealed += 1
            self._known(line)

    def end(self) -> None:
        """Nothing comes after."""
        if self._noted is None or self._met:
            return
        if self._cut:
            self.find(f"head {self._noted}", "older than what is kept: note a newer one")
        elif self._before is None or self._before.number < self._number:
            end = f"after seal {self._before.number}" if self._before else "at once"
            self.find(f"head {self._noted}", f"not met: the log ends {end}, so its end was cut off")
        else:
            self.find(f"head {self._noted}", "not met: from there on or before, this is another log")

    def find(self, place: str, what: str) -> None:
        """Note something that is not as it was."""
        self.several += 1
        if len(self.breaks) < MOST:
            self.breaks.append(Break(place, what))

    def _note(self, seal: Seal) -> None:
        self._met = self._met or seal.head == self._noted
        self._before = seal

    def _check(self, seal: Seal, lines: Sequence[Line]) -> bool:
        """Whether these are the lines that were sealed."""
        several = self.several
        expected = positions(seal.lines)
        if expected is None or expected[-1] != seal.last:
            self.find(f"seal {seal.number}", "altered: it does not say which lines it holds")
            return False
        known, found = set(expected), {line.position for line in lines}
        for position in sorted(known - found):
            self.find(f"line {position}", f"missing: seal {seal.number} has it")
        for line in lines:
            if line.position not in known:
                self.find(f"line {line.position}", f"added, or moved here, after seal {seal.number} was made")
            else:
                self._known(line)
        return several == self.several

    def _known(self, line: Line) -> None:
        if not hmac.compare_digest(line.mark, mark(self._key, line.what)):
            self.find(f"line {line.position}", "altered, or written by somebody else than a server")

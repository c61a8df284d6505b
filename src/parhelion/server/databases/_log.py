"""SQLite's log (FILE-wal), read as its format says: are there frames that are not what was written?

    header   magic, version, page size, number, salt 1 + 2, checksum 1 + 2                 32 bytes
    frame    page, size of the file after a commit or 0, salt 1 + 2, checksum 1 + 2        24 bytes, and the page

Who opens a file takes from its log what is right up to the first frame that is not, and forgets the rest without a
word: after a crash that is a transaction that was never done. But frames are checked one by one here, each from the
checksum of the one before it as that stands there. So a frame that is wrong while the commit behind it is followed by
others was right once: a commit is on the disk before the next transaction begins.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

HEADER, FRAME = 32, 24
_MAGIC = 0x377F0682  # the last bit: whether checksums are of big-endian numbers
_MASK = 0xFFFFFFFF
Sum = tuple[int, int]


def broken(path: Path) -> tuple[int, int]:
    """(the first frame that is not what was written, or 0; how many were looked at)"""
    with path.open("rb") as log:
        head = log.read(HEADER)
        if len(head) < HEADER:
            return 0, 0
        magic, _, size, _, salt_1, salt_2, *_ = struct.unpack(">8I", head)
        order = ">" if magic & 1 else "<"
        if magic & ~1 != _MAGIC or _summed(head[:24], (0, 0), order) != struct.unpack(">2I", head[24:]):
            return (1, 1) if any(head) else (0, 0)
        return _first_broken(log, size, (salt_1, salt_2), struct.unpack(">2I", head[24:]), order)


def _first_broken(log: BinaryIO, size: int, salts: Sum, before: Sum, order: str) -> tuple[int, int]:
    number, wrong, committed = 0, 0, False
    while len(frame := log.read(FRAME + size)) == FRAME + size:
        _, is_commit, *found = struct.unpack(">6I", frame[:FRAME])
        if (found[0], found[1]) != salts:
            break  # what was in the log before it began anew
        number += 1
        stated = (found[2], found[3])
        is_right = _summed(frame[FRAME:], _summed(frame[:8], before, order), order) == stated
        if is_right and wrong and committed:
            return wrong, number
        if not is_right and not wrong:
            wrong = number
        committed = committed or bool(wrong and is_commit)
        before = stated
    return 0, number


def _summed(data: bytes, start: Sum, order: str) -> Sum:
    one, two = start
    numbers = struct.unpack(f"{order}{len(data) // 4}I", data)
    for first, second in zip(numbers[::2], numbers[1::2], strict=True):
        one = (one + first + two) & _MASK
        two = (two + second + one) & _MASK
    return one, two

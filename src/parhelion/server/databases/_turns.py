"""Whose turn it is to write, where several processes have one file.

    to the door, where one may stand  ->  begin, again and again until it may  ->  from the door  ->  write, commit

Left to itself SQLite waits in pauses that grow to 100 ms, while who has just committed begins again at once: of four
that write without pause one waits for seconds, and is in the end refused. Here pauses stay short, and who has just
written finds the next one at the door. The door is a lock on a file, so one who is killed there leaves it open.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import apsw

PAUSE = 0.0002  # seconds between two tries
PATIENCE = 10.0  # seconds at the door, and as many for a writer who did not come through it


class Turns:
    """The turns of one connection, which writes in one thread."""

    def __init__(self, path: Path, connection: apsw.Connection) -> None:
        """`path`: the door, the same for all; made if it is not there."""
        self._door = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._until = 0.0
        connection.set_busy_handler(self._wait)

    @contextmanager
    def next(self) -> Generator[None]:
        """To begin in. `apsw.BusyError` when others leave no room for it for too long."""
        self._until = time.monotonic() + PATIENCE
        while not self._come():
            if not self._wait():
                raise apsw.BusyError("others were writing all the time")
        try:
            self._until = time.monotonic() + PATIENCE
            yield
        finally:
            fcntl.flock(self._door, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._door)

    def _come(self) -> bool:
        try:
            fcntl.flock(self._door, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait(self, _: int = 0) -> bool:
        """Whether to try again. SQLite asks, too, at each try."""
        time.sleep(PAUSE)
        return time.monotonic() < self._until

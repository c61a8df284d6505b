"""A bell says "look again", and nothing else. A missed bell costs one poll, never an event.

Who wants to hear a bell of other processes on the same file, too, hangs out a rope: a pipe that has a name.

    FOLDER/told.WHO     a process waits for "told"      <-- a byte, by each process that rings "told"

A pipe takes any number of pulls until somebody reads it, and one that is full has been pulled. Nobody has to know of
anybody else, so it makes no difference who has started whom. A rope whose process has died is taken away by the next
who pulls it. Where pipes cannot have names, what others ring is heard at the next poll.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import secrets
import stat
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

log = logging.getLogger("parhelion.bells")
PULLS = 65536  # bytes: as many as a pipe holds
TICK = 20_000_000  # nanoseconds: what changes a folder twice within a tick of the system's clock may show once


class Bells:
    """The bells of one process, on one loop."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: where the ropes are, made by the first who hangs one out. None: there are no other processes."""
        self._loop = asyncio.get_running_loop()
        self._folder = folder
        self._who = secrets.token_hex(8)
        self._rung: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._ours: dict[str, int | None] = {}  # bell -> the pipe; None where there can be none
        self._unread: set[str] = set()  # bells whose pipes are left alone until somebody waits
        self._theirs: dict[str, int] = {}  # the name of a rope -> the pipe
        self._listed = 0  # when the folder was changed, as it was when it was last looked through

    def ring(self, names: Iterable[str]) -> None:
        """Wake whoever waits; who does not wait hears it when they next do."""
        rung = frozenset(names)
        for name in rung:
            self._rung[name].set()
        if rung and self._folder is not None and self._look(self._folder):
            for rope, pipe in list(self._theirs.items()):
                if rope.partition(".")[0] in rung:
                    self._pull(self._folder / rope, pipe)

    async def heard(self, name: str, timeout: float, *, everywhere: bool = False) -> bool:
        """Wait for a bell. True: rung, here or (`everywhere`) by another process. False: time to look anyway."""
        event = self._rung[name]
        if everywhere and self._folder is not None and name not in self._ours:
            self._ours[name] = self._hang_out(self._folder, name)
            event.set()  # for what others have rung before
        elif name in self._unread:
            self._unread.discard(name)
            self._listen(name)
        try:
            async with asyncio.timeout(timeout):  # `wait_for` would lose a cancellation that comes with the bell
                await event.wait()
        except TimeoutError:
            return False
        event.clear()
        return True

    def close(self) -> None:
        """Nobody may wait any more."""
        for name, pipe in self._ours.items():
            if pipe is not None and self._folder is not None:
                _take_away(self._at(self._folder, name))
                self._loop.remove_reader(pipe)
                os.close(pipe)
        self._ours.clear()
        self._unread.clear()
        while self._theirs:
            os.close(self._theirs.popitem()[1])

    # -- our own ropes ------------------------------------------------------------------------------------------------

    def _at(self, folder: Path, name: str) -> Path:
        return folder / f"{name}.{self._who}"

    def _hang_out(self, folder: Path, name: str) -> int | None:
        place = self._at(folder, name)
        unfinished = place.with_name(f".{place.name}")  # nobody takes it for one whose process has died
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            os.mkfifo(unfinished, 0o600)
            pipe = os.open(unfinished, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)  # never at its end, whoever goes
            unfinished.rename(place)
        except OSError as trouble:
            log.warning("what other processes do is heard late, at the next poll: %s", trouble)
            return None
        self._ours[name] = pipe
        self._listen(name)
        return pipe

    def _listen(self, name: str) -> None:
        pipe = self._ours[name]
        if pipe is not None:
            self._loop.add_reader(pipe, self._pulled, name, pipe)

    def _pulled(self, name: str, pipe: int) -> None:
        event = self._rung[name]
        if event.is_set():  # nobody has waited since: the pipe keeps it
            self._loop.remove_reader(pipe)
            self._unread.add(name)
            return
        with suppress(BlockingIOError):
            os.read(pipe, PULLS)
        event.set()

    # -- those of others ----------------------------------------------------------------------------------------------

    def _look(self, folder: Path) -> bool:
        """Whether there are any."""
        try:
            changed = os.stat(folder).st_mtime_ns  # noqa: PTH116 - after each commit: half of what Path takes
            if changed != self._listed:
                self._listed = 0
                self._list(folder)
                self._listed = changed if time.time_ns() - changed > TICK else 0
        except OSError:  # nobody has ever hung one out
            return False
        return bool(self._theirs)

    def _list(self, folder: Path) -> None:
        every = os.listdir(folder)  # noqa: PTH208 - names are all that is needed
        there = {name for name in every if name[0] != "." and not name.endswith(self._who)}
        for gone in self._theirs.keys() - there:
            os.close(self._theirs.pop(gone))
        for new in there - self._theirs.keys():
            try:
                pipe = os.open(folder / new, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            except OSError as trouble:
                if trouble.errno == errno.ENXIO:  # its process has died
                    _take_away(folder / new)
                continue
            if stat.S_ISFIFO(os.fstat(pipe).st_mode):
                self._theirs[new] = pipe
            else:  # whatever it is, it is none of ours
                os.close(pipe)

    def _pull(self, rope: Path, pipe: int) -> None:
        try:
            os.write(pipe, b"!")
        except BlockingIOError:
            pass  # it is full
        except OSError:
            os.close(self._theirs.pop(rope.name))
            _take_away(rope)


def _take_away(rope: Path) -> None:
    with suppress(OSError):
        rope.unlink(missing_ok=True)

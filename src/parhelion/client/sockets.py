from __future__ import annotations

import select
from typing import Protocol


class Numbered(Protocol):
    """A socket, or what stands for one."""

    def fileno(self) -> int:
        """Its number for the system."""
        ...


def wait(sock: Numbered, seconds: float | None, *, write: bool = False) -> tuple[bool, bool]:
    """Whether it can be read (or has ended) and, if asked, written; within so many seconds."""
    if not hasattr(select, "poll"):  # Windows; elsewhere select() cannot see sockets above 1023
        readable, writable, _ = select.select([sock], [sock] if write else [], [], seconds)
        return bool(readable), bool(writable)
    poll = select.poll()
    poll.register(sock, select.POLLIN | (select.POLLOUT if write else 0))
    ready = poll.poll(None if seconds is None else seconds * 1000)
    events = ready[0][1] if ready else 0
    return bool(events & ~select.POLLOUT), bool(events & select.POLLOUT)

"""Counting what a server does, for whoever asks at /metrics."""

from __future__ import annotations

import os
from bisect import bisect_left

from ..ports import Noted, Unwatched
from ..rules import watching as names
from ..rules.watching import OTHER, OUTCOMES, REFUSALS, STATUSES
from .numbers import Numbers

# Where a histogram has its sum: behind those within each bound and those beyond.
_WAITED, _WRITES, _TOOK, _ATTEMPTED = (
    len(bounds) + 1 for bounds in (names.ANSWERS, names.GROUPS, names.COMMITS, names.DELIVERIES)
)
_OTHER_STATUS = len(STATUSES)
_STATUS = {status: at for at, status in enumerate(STATUSES)}


class Counting(Unwatched):
    """Adds to the numbers of one process."""

    def __init__(self, numbers: Numbers, place: int = 0) -> None:
        """`place`: ours among them."""
        self._numbers = numbers.of(place)
        first = str(STATUSES[0])
        self._requests = {
            operation: at for (operation, status), at in numbers.at(names.REQUESTS).items() if status == first
        }
        self._seconds = {operation: at for (operation,), at in numbers.at(names.SECONDS).items()}
        self._refused = {reason: at for (reason,), at in numbers.at(names.REFUSED).items()}
        self._attempts = {outcome: at for (outcome,), at in numbers.at(names.ATTEMPTS).items()}
        self._progress, self._sent, self._streams, self._group, self._commit, self._attempt, process = (
            numbers.at(name)[()]
            for name in (
                names.IN_PROGRESS,
                names.SENT,
                names.STREAMS,
                names.GROUP,
                names.COMMIT,
                names.ATTEMPT,
                names.PROCESS,
            )
        )
        self._numbers[process] = os.getpid()

    def began(self) -> None:
        self._numbers[self._progress] += 1

    def answered(self, request: Noted) -> None:
        numbers, operation = self._numbers, request.operation
        if operation not in self._requests:
            operation = OTHER
        numbers[self._requests[operation] + _STATUS.get(request.status, _OTHER_STATUS)] += 1
        at = self._seconds[operation]
        numbers[at + bisect_left(names.ANSWERS, request.waited)] += 1
        numbers[at + _WAITED] += request.waited
        numbers[self._sent] += request.size
        numbers[self._progress] -= 1

    def refused(self, why: str) -> None:
        self._numbers[self._refused[REFUSALS.get(why, OTHER)]] += 1

    def committed(self, writes: int, seconds: float) -> None:
        numbers = self._numbers
        numbers[self._group + bisect_left(names.GROUPS, writes)] += 1
        numbers[self._group + _WRITES] += writes
        numbers[self._commit + bisect_left(names.COMMITS, seconds)] += 1
        numbers[self._commit + _TOOK] += seconds

    def listening(self, more: int) -> None:
        self._numbers[self._streams] += more

    def delivered(self, outcome: str, seconds: float) -> None:
        self._numbers[self._attempts[OUTCOMES[outcome]]] += 1
        self._numbers[self._attempt + bisect_left(names.DELIVERIES, seconds)] += 1
        self._numbers[self._attempt + _ATTEMPTED] += seconds

"""Counting what a server does, for whoever asks at /metrics."""

from __future__ import annotations

import os
from bisect import bisect_left

from ..ports import Noted, Unwatched
from ..rules import watching as names
from ..rules.watching import OTHER, OUTCOMES, REFUSALS, STATUSES
from .numbers import Numbers

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
        numbers[at + len(names.ANSWERS) + 1] += request.waited
        numbers[self._sent] += request.size
        numbers[self._progress] -= 1

    def refused(self, why: str) -> None:
        self._numbers[self._refused[REFUSALS.get(why, OTHER)]] += 1

    def committed(self, writes: int, seconds: float) -> None:
        self._observe(self._group, names.GROUPS, writes)
        self._observe(self._commit, names.COMMITS, seconds)

    def listening(self, more: int) -> None:
        self._numbers[self._streams] += more

    def delivered(self, outcome: str, seconds: float) -> None:
        self._numbers[self._attempts[OUTCOMES[outcome]]] += 1
        self._observe(self._attempt, names.DELIVERIES, seconds)

    def _observe(self, at: int, bounds: tuple[float, ...], value: float) -> None:
        self._numbers[at + bisect_left(bounds, value)] += 1
        self._numbers[at + len(bounds) + 1] += value

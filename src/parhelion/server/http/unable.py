"""What is answered when the machine cannot do what was asked: the trouble of an engine, as an error of the API.

    Overloaded     503, Retry-After: 1     too much to do
    Full           507                     no room left: nobody knows when somebody makes some
    ReadOnly       503, Retry-After: 10    a disk that takes no writes
    Damaged        503, Retry-After: 60    a store whose bytes have changed
    Unavailable    503, Retry-After: 1     whatever else passes; so do descriptors and memory that are short
    Unknown        500                     it may have happened

None of it is a fault of the program, so none has a traceback; and what strikes every request is told once in a while.
"""

from __future__ import annotations

import logging

from ...wire import ApiError, InsufficientStorage, ServerError, ServiceUnavailable
from ..ports import UNWATCHED, Damaged, Full, Overloaded, ReadOnly, Unknown, Watch, passes
from ..seldom import Seldom
from .overload import AGAIN, TOO_MUCH, Refusals

DAMAGED = "The server's store is damaged. Nothing was done"
READ_ONLY = "The server's disk can be read only"
NOT_KNOWN = "Whether this was done is not known. Ask again with the same Idempotency-Key, or look"
LATER = 10  # seconds after which it is worth asking again, where a person has to do something
MUCH_LATER = 60  # and where that takes them a while


class Unable:
    """Of one application, which has one log."""

    def __init__(self, log: logging.Logger, watch: Watch = UNWATCHED) -> None:
        self._log = log
        self._much, self._stuck = Refusals(watch), Seldom(log, "the disk takes no writes, so refused")

    def refusal(self, trouble: Exception, request: str) -> ApiError | None:
        """What to answer; None for what nobody has foreseen. `request`: its id."""
        match trouble:
            case Overloaded():
                self._much.count(str(trouble))
                return ServiceUnavailable(TOO_MUCH, headers=_in(AGAIN))
            case Full():
                self._stuck.count(str(trouble))
                return InsufficientStorage()
            case ReadOnly():
                self._stuck.count(str(trouble))
                return ServiceUnavailable(READ_ONLY, headers=_in(LATER))
            case Damaged():
                self._log.error("request %s: %s", request, trouble)
                return ServiceUnavailable(DAMAGED, headers=_in(MUCH_LATER))
            case Unknown():
                self._log.error("request %s: %s", request, trouble)
                return ServerError(NOT_KNOWN)
            case _ if passes(trouble):
                self._log.error("request %s: %s", request, str(trouble) or type(trouble).__name__)
                return ServiceUnavailable(headers=_in(AGAIN))
            case _:
                return None


def _in(seconds: int) -> dict[str, str]:
    return {"retry-after": str(seconds)}

"""What is counted of a server, as a table: each number with its name, its labels and all that these may ever say.

So how much there is to count is known before anything is: no app, user, conversation or path makes it more. Names are
Prometheus' own way (https://prometheus.io/docs/practices/naming): `_total` counts, units are seconds and bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from .statistics import ARRIVED, GIVEN_UP, PUT_OFF

Kind = Literal["counter", "gauge", "histogram"]
OTHER = "other"
FETCHED, CONSOLE = "FetchAttachment", "Console"  # what is asked beside operations and pages

STATUSES = (
    *(200, 201, 202, 204, 206, 302, 303, 304, 307),
    *(400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 422, 423, 424, 429, 431, 499),
    *(500, 501, 502, 503, 504, 507),
)
# Why a request is looked at no further, as it is counted, and the words that tell it in the log.
RATE = "rate_limit"
REFUSALS = {
    "too many connections": "connections",
    "connections beyond all bounds": "connections",
    "too many that read": "reads",
    "too many that write": "writes",
    "too many bodies on their way in": "bodies",
    "too many writes that wait for the database": "waiting_writes",
    RATE: RATE,
}
OUTCOMES = {ARRIVED: "arrived", PUT_OFF: "put_off", GIVEN_UP: "given_up"}

# Seconds. The shortest is a page from memory, the longest a write that waited for a database to fail over.
ANSWERS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
COMMITS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
GROUPS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0)  # writes
DELIVERIES = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)


class Family(NamedTuple):
    """Numbers of one name."""

    name: str
    kind: Kind
    help: str
    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()  # each with all that it may say
    bounds: tuple[float, ...] = ()  # of a histogram

    @property
    def width(self) -> int:
        """How many numbers one series has: of a histogram those within each bound, those beyond, and the sum."""
        return len(self.bounds) + 2 if self.kind == "histogram" else 1


REQUESTS, SECONDS, IN_PROGRESS, SENT = (
    "parhelion_http_requests",
    "parhelion_http_request_duration_seconds",
    "parhelion_http_requests_in_progress",
    "parhelion_http_response_bytes",
)
REFUSED, STREAMS = "parhelion_http_refused", "parhelion_stream_subscribers"
GROUP, COMMIT = "parhelion_database_group_writes", "parhelion_database_commit_seconds"
ATTEMPTS, ATTEMPT = "parhelion_delivery_attempts", "parhelion_delivery_attempt_seconds"
PROCESS = "parhelion_worker_pid"


def families(operations: Iterable[str]) -> tuple[Family, ...]:
    """The table. `operations`: all that may be asked, by id; pages too."""
    operation = ("operation", (*dict.fromkeys(operations), OTHER))
    status = ("status", (*map(str, STATUSES), OTHER))
    return (
        Family(REQUESTS, "counter", "Requests that were answered. 499: the client did not wait", (operation, status)),
        Family(SECONDS, "histogram", "Seconds until an answer began", (operation,), ANSWERS),
        Family(IN_PROGRESS, "gauge", "Requests that are being answered, open streams among them"),
        Family(SENT, "counter", "Bytes of answers' bodies"),
        Family(
            REFUSED,
            "counter",
            "Requests and connections that were refused for a limit or for too much to do",
            (("reason", tuple(dict.fromkeys((*REFUSALS.values(), OTHER)))),),
        ),
        Family(STREAMS, "gauge", "Streams of events that are open"),
        Family(GROUP, "histogram", "Writes that one commit of the database held", (), GROUPS),
        Family(COMMIT, "histogram", "Seconds from the first statement of a commit to its end", (), COMMITS),
        Family(
            ATTEMPTS,
            "counter",
            "Attempts at sending events to webhooks, by what became of them",
            (("outcome", tuple(OUTCOMES.values())),),
        ),
        Family(ATTEMPT, "histogram", "Seconds that an attempt took, until the answer was read", (), DELIVERIES),
        Family(PROCESS, "gauge", "The process"),
    )

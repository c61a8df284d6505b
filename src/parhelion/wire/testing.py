"""Testing: what is said to a server that was started for tests. Ours: the API has no word for any of it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from ._wire import Brief, Instant, Name, Short, Wire
from .app import App
from .app_key import AppKey


class AppAndKeyBody(Wire, kw_only=True):
    """A new app for tests. Without a name it is called "test"."""

    display_name: Name = "test"


class AppAndKeyResponse(Wire, kw_only=True):
    """A new app, and a key of it with its secret."""

    app: App
    key: AppKey


class Clock(Wire, kw_only=True):
    """What a server under test takes for the time, and whether it stands still."""

    now: Instant
    frozen: bool


class ClockMove(Wire, kw_only=True):
    """How the clock is moved: at least one of these. First `to`, then `advance` (seconds); `frozen` is from then on."""

    to: Instant | None = None
    advance: Annotated[float, Meta(ge=0, le=3_155_760_000)] | None = None
    frozen: bool | None = None


class ClockResponse(Wire, kw_only=True):
    """The clock of a server under test."""

    clock: Clock


class Fault(Wire, kw_only=True):
    """A rule by which requests go wrong: which ones, and what becomes of them.

    Which: `operation` is an operation's id, such as "PostMessage", or "FetchAttachment", or "*"; `path` is a pattern in
    which `*` stands for anything, such as "/v2/apps/*/users"; with several of these, all of them must fit.

    What: `status` is answered instead, with `code`, `title` and the seconds of `Retry-After`. `drop` closes the
    connection without an answer: "before" anything is done, or "after" it was done. `delay` waits so many seconds
    first, and may be all that happens. At least one of the three is needed, and `status` and `drop` exclude each other.

    How often: with `probability`, by dice that `seed` makes the same each time; and `times` at the most. `id` and
    `seen`, how often it struck, are told in answers only.
    """

    id: str | None = None
    operation: Short = "*"
    method: Literal["GET", "POST", "PATCH", "DELETE"] | None = None
    path: Annotated[str, Meta(min_length=1, max_length=2048)] | None = None
    app_id: Short | None = None
    status: Annotated[int, Meta(ge=400, le=599)] | None = None
    code: Short | None = None
    title: Brief | None = None
    retry_after: Annotated[int, Meta(ge=0)] | None = None
    drop: Literal["before", "after"] | None = None
    delay: Annotated[float, Meta(ge=0, le=60)] | None = None
    probability: Annotated[float, Meta(ge=0, le=1)] = 1.0
    times: Annotated[int, Meta(ge=1)] | None = None
    seed: int | None = None
    seen: int | None = None


class FaultResponse(Wire, kw_only=True):
    """A rule of faults, as it is kept."""

    fault: Fault


class FaultListResponse(Wire, kw_only=True):
    """All rules of faults, in the order in which they are tried."""

    faults: list[Fault]


class Snapshot(Wire, kw_only=True):
    """What a server under test holds, at a moment: kept by the server, known by its id."""

    id: str


class SnapshotResponse(Wire, kw_only=True):
    """A snapshot."""

    snapshot: Snapshot


class SettleBody(Wire, kw_only=True):
    """How many seconds to wait at the most."""

    timeout: Annotated[float, Meta(ge=0, le=60)] = 5.0


class SettleResponse(Wire, kw_only=True):
    """Whether everything that was due has been done within the time."""

    settled: bool

"""A call, without IO.

    flow -> Request -> driver        the driver sends Response, or throws NoAnswer
    flow -> Sleep   -> driver        the driver waits
    flow returns the result, or raises ApiError or NoAnswer

When is a request sent again?

    429, or never left whole         always: nothing was done
    408, 5xx, or left and no answer  if doing it twice is harmless: GET, PATCH, DELETE,
                                     or a POST to a server known to honour Idempotency-Key
    507 that does not say when       never: somebody has to make room there first
    a begun iterator as a body       never: its bytes are gone

How is it known? Every POST carries an Idempotency-Key, one for all its attempts. A server that honours keys says so
with `idempotency-key-ttl` (seconds it remembers them) on every answer to a request that had one, the failing answers
included. The first such answer is remembered, for all apps of a client: see `Known`. The original API documents no such
keys, so there a POST that may have been carried out is never repeated: a message said twice is worse than an error.

A repeated DELETE may find nothing because the attempt before it, whose answer was lost, did its work. So once that may
be, "not found" for one named thing is what was asked for, and the call succeeds.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from itertools import count
from types import NoneType
from typing import Any, TypeVar, cast

import msgspec

from ..operations import Declared, RawResponse
from ..wire import ApiError, Error, InsufficientStorage, NoAnswer, NotFound, ParhelionError
from ..wire.reading import Fault, Tell, is_array, is_object, tolerant
from .ask import ask
from .calling import Around, Call
from .credentials import Credentials
from .transport import Headers, Request, Response, sendable

R = TypeVar("R")
NEVER_AGAIN = frozenset({501, 505})  # what a server cannot do it will not learn meanwhile
UNREADABLE = "unreadable"  # our code for a body that is not the API's


@dataclass(frozen=True, slots=True)
class Sleep:
    """Nothing to send for so many seconds."""

    seconds: float


def dice() -> float:
    """A number from 0 to 1. The random module would cost more to load than all else here."""
    return int.from_bytes(os.urandom(4), "big") / 0xFFFFFFFF


@dataclass(frozen=True)
class Patience:
    """How often a call is tried, and how long it waits between.

    The pauses double from `first` up to `longest`, in seconds, each shortened by chance to as little as a half. A
    server that names its own pause (`Retry-After`) gets that, and a little more by chance so that not all clients come
    back at once; unless it names more than `longest`: then the call gives up at once instead of knocking too early.

        Client(retries=Patience(attempts=6, longest=120))
    """

    attempts: int = 4
    first: float = 0.5
    longest: float = 30.0
    dice: Callable[[], float] = field(default=dice, repr=False)

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError(f"A call is tried once at least, not {self.attempts} times")

    def pause(self, attempt: int, told: float | None) -> float | None:
        """Seconds to wait after that attempt; None to give up."""
        if told is not None and told > self.longest:
            return None
        if told is not None:
            return told + self.dice() * self.first / 2
        return min(self.longest, self.first * 2.0 ** min(attempt - 1, 32)) * (1 + self.dice()) / 2


class Known:
    """What a server has shown of itself: whether it honours Idempotency-Key. Shared by the siblings of `for_app`."""

    __slots__ = ("_told", "idempotent")

    def __init__(self, idempotent: bool | None = None) -> None:
        self._told = idempotent is not None
        self.idempotent = bool(idempotent)

    def learn(self, headers: Mapping[str, str]) -> None:
        """From an answer to a request that carried a key. Never unlearned: a proxy's error page says nothing of it."""
        if not (self._told or self.idempotent):
            self.idempotent = (_number(headers.get("idempotency-key-ttl")) or 0) > 0


@dataclass(frozen=True)
class Settings:
    """What all calls of a client share, whichever app they are for."""

    origin: str  # "https://example.org"
    prefix: str  # "", or "/sc"
    headers: Mapping[str, str] = field(repr=False)  # on every request
    credentials: Credentials = field(repr=False)
    clock: Callable[[], float]  # seconds since 1970
    patience: Patience
    known: Known
    tell: Callable[[Fault], None]  # hears what had to be left out of an answer
    around: Around | None = field(default=None, repr=False)
    key: str | None = field(default=None, repr=False)  # of every POST; None for a new one each


def new_key(now: float) -> str:
    """Keys of one time lie side by side where a server keeps them, and so cost it no more when it has many."""
    return f"{round(now * 1000):012x}{os.urandom(10).hex()}"


Flow = Generator[Request | Sleep, Response | None, R]


def exchange(operation: Declared[R], app_id: str | None, arguments: dict[str, Any], settings: Settings) -> Flow[R]:
    """One call, from its arguments to its result."""
    response = yield from answered(operation, app_id, arguments, settings)
    return read(operation, response, settings.tell)


def raw(
    operation: Declared[R], app_id: str | None, arguments: dict[str, Any], settings: Settings
) -> Flow[RawResponse[R]]:
    """One call, from its arguments to the whole of its answer."""
    response = yield from answered(operation, app_id, arguments, settings)
    return RawResponse(
        response.status, response.headers, response.body, lambda: read(operation, response, settings.tell)
    )


def answered(
    operation: Declared[Any], app_id: str | None, arguments: dict[str, Any], settings: Settings
) -> Flow[Response]:
    """One call, from its arguments to an answer that does not say no."""
    call = Call(operation.operation_id, operation.method, operation.path, app_id)
    if settings.around is None:
        return (yield from _attempted(operation, arguments, settings, call))
    with settings.around(call):
        call.headers = Headers(sendable(call.headers))
        return (yield from _attempted(operation, arguments, settings, call))
    raise RuntimeError(f"{settings.around!r} kept to itself what went wrong in {operation.operation_id}")


def _attempted(operation: Declared[Any], arguments: dict[str, Any], settings: Settings, call: Call) -> Flow[Response]:
    request = ask(operation, call.app_id, arguments, settings.origin, settings.prefix)
    request.headers.update(settings.headers)
    if call.headers:
        request.headers.update(call.headers)
    patience, known = settings.patience, settings.known
    posts = request.method == "POST"
    if not operation.scopes:  # a key for repeating belongs to credentials, and here are none
        known = Known(idempotent=False)
    elif posts:
        request.headers["idempotency-key"] = settings.key or new_key(settings.clock())  # one key for all attempts
    perhaps_done = False
    for attempt in count(1):
        call.attempts = attempt
        if operation.scopes:  # otherwise they are not asked for, and nobody else's to see
            authorize(request, settings)
        # A DELETE is repeated here only, where "not found" can be understood.
        request.harmless = known.idempotent if posts else request.method != "DELETE"
        problem: ParhelionError
        told: float | None = None
        try:
            response = yield request
        except NoAnswer as lost:
            problem, undone = lost, not lost.sent
        else:
            assert response is not None  # noqa: S101 - a Request is answered by a Response
            call.status, call.request_id = response.status, response.headers.get("x-request-id")
            if posts:
                known.learn(response.headers)
            if 200 <= response.status < 300:
                return response
            problem = refused(operation, response)
            if perhaps_done and _gone(operation, problem):
                return response
            told = retry_after(response.headers, settings.clock)
            if not passing(response.status, told):
                raise problem
            undone = response.status == 429
        perhaps_done = perhaps_done or not undone
        pause = patience.pause(attempt, told) if attempt < patience.attempts else None
        if pause is None or not request.replayable or not (undone or not posts or known.idempotent):
            raise last(problem, attempt, perhaps_done=perhaps_done)
        yield Sleep(pause)
    raise AssertionError("count() does not end")


def address(operation: Declared[Any], app_id: str | None, arguments: dict[str, Any], settings: Settings) -> str:
    """Where a page is, with what was said about it, and what was not said as it is declared."""
    usual = {each.name: each.default for each in operation.parameters if not each.required}
    request = ask(operation, app_id, usual | arguments, settings.origin, settings.prefix)
    return request.origin + request.path


def read(operation: Declared[R], response: Response, tell: Tell) -> R:
    """The result that an answer holds, whatever the API has learned since this was written."""
    if operation.returns is NoneType:
        return cast("R", None)
    try:
        return cast("R", tolerant(response.body, operation.returns, tell))
    except (
        msgspec.DecodeError,
        RecursionError,
    ) as error:  # a proxy's page with a good status; an answer that is not even an object
        reason = Error(code=UNREADABLE, title=f"The answer to {operation.operation_id} cannot be read: {error}")
        raise ApiError.of(response.status, [reason], response.headers, response.body) from error


def refused(operation: Declared[Any], response: Response) -> ApiError:
    """The error that an answer means. What the operation declares is nearer than what its code says alone."""
    errors = _reasons(response.body)
    if errors is None:  # a proxy's page, an empty body
        errors = [Error(code=UNREADABLE, title=_title(response))]
    return ApiError.of(response.status, errors, response.headers, response.body, operation.errors)


def _reasons(body: bytes) -> list[Error] | None:
    """What the API says of a refusal, as far as it can be read; None for a body that is not the API's."""
    try:
        said = tolerant(body, dict[str, Any]).get("errors")
    except msgspec.DecodeError:
        return None
    if not is_array(said):
        return None
    found = [
        Error(code=_word(each, "code") or UNREADABLE, title=_word(each, "title") or "No reason was given")
        for each in said
        if _word(each, "code") or _word(each, "title")
    ]
    return found if found or not said else None


def _word(entry: object, name: str) -> str:
    said = entry.get(name) if is_object(entry) else None
    return said if isinstance(said, str) else ""


def retry_after(headers: Mapping[str, str], clock: Callable[[], float]) -> float | None:
    """Seconds. A date is measured against the answer's own, so that our clock need not be right."""
    value = headers.get("retry-after", "")
    seconds = _number(value)
    if seconds is not None or not value:
        return seconds
    from email.utils import parsedate_to_datetime  # a date is rare, and this is dear to load

    try:
        until = parsedate_to_datetime(value).timestamp()
        now = parsedate_to_datetime(headers["date"]).timestamp() if "date" in headers else clock()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, until - now)


def _number(value: str | None) -> float | None:
    return float(value) if value and value.isascii() and value.isdigit() else None


def authorize(request: Request, settings: Settings) -> None:
    """Say who asks, as of now."""
    request.headers["authorization"] = settings.credentials.authorization(settings.clock())
    if not (request.headers["authorization"].isascii() and request.headers["authorization"].isprintable()):
        raise ValueError("The credentials hold a character that cannot be sent")


def passing(status: int, told: float | None = None) -> bool:
    """Whether the same request may fare better later. `told`: after how many seconds, where the answer says so."""
    if status == InsufficientStorage.status and told is None:  # it is when somebody has made room
        return False
    return status in (408, 429) or (status >= 500 and status not in NEVER_AGAIN)


def _gone(operation: Declared[Any], problem: ApiError) -> bool:
    """Whether a DELETE of one named thing was told that there is no such thing, and by the API, not by a proxy."""
    named = operation.method == "DELETE" and operation.path.endswith("}") and operation.returns is NoneType
    return named and isinstance(problem, NotFound) and problem.code != UNREADABLE


def last(problem: ParhelionError, attempts: int, *, perhaps_done: bool) -> ParhelionError:
    """What a call that is given up raises."""
    if not isinstance(problem, NoAnswer) or attempts == 1:
        return problem
    final = NoAnswer(f"{problem} (tried {attempts} times)", sent=perhaps_done)
    final.__cause__ = problem
    return final


def _title(response: Response) -> str:
    if 300 <= response.status < 400:
        return f"Redirected to {response.headers.get('location', 'nowhere')}, where requests are not sent"
    return response.body[:200].decode(errors="replace") or "An answer without a body"

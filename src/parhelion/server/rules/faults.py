"""Which requests go wrong on a server under test, and how. A rule, a request and what the dice show are values."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import NamedTuple

from ...wire import ApiError, Error, Fault
from ...wire.reading import Fault as Flaw

ANY = "*"
FETCH = "FetchAttachment"  # what fetching a file is called: it is no operation of the table
_OF_A_STATUS = ("code", "title", "retry_after")


class Request(NamedTuple):
    """What is known of a request before anything is done about it."""

    operation: str  # its id
    method: str
    path: str  # as it was asked, from /v2, /oauth or /attachments on
    app_id: str  # "" where the path says none


def flaws(rule: Fault, operations: Collection[str]) -> list[Flaw]:
    """What is wrong with a rule itself, beyond what its types say. `operations`: the ids that there are."""
    found: list[Flaw] = []
    for place, said in (("id", rule.id), ("seen", rule.seen)):
        if said is not None:
            found.append(Flaw(place, "is told by the server, and cannot be given"))
    if rule.operation not in (ANY, FETCH) and rule.operation not in operations:
        found.append(
            Flaw("operation", f"there is no operation {rule.operation!r}: it is an id such as PostMessage, or *")
        )
    if rule.status is None and rule.drop is None and not rule.delay:
        found.append(Flaw("", "should have at least one of status, drop and delay"))
    if rule.status is not None and rule.drop is not None:
        found.append(Flaw("", "should not have both status and drop: what is dropped has no status"))
    if rule.status is None:
        for name in _OF_A_STATUS:
            if getattr(rule, name) is not None:
                wire_name = "retryAfter" if name == "retry_after" else name
                found.append(Flaw(wire_name, "is said with a status only"))
    return found


def concerns(rule: Fault, request: Request) -> bool:
    """Whether a rule is about such a request, and has not struck as often as it may."""
    return (
        (rule.operation in (ANY, request.operation))
        and (rule.method is None or rule.method == request.method)
        and (rule.path is None or fnmatchcase(request.path, rule.path))
        and (rule.app_id is None or rule.app_id == request.app_id)
        and (rule.times is None or (rule.seen or 0) < rule.times)
    )


def strikes(rule: Fault, dice: float) -> bool:
    """Whether a rule strikes a request that it is about. `dice`: from 0 up to 1."""
    return dice < rule.probability


def refusal(rule: Fault) -> ApiError | None:
    """What is answered instead; None when the rule names no status."""
    if rule.status is None:
        return None
    usual = ApiError.of(rule.status, [], {}, b"")
    title = rule.title
    if title is None:
        title = usual.title if usual.status == type(usual).status else _phrase(rule.status)
    headers = {} if rule.retry_after is None else {"retry-after": str(rule.retry_after)}
    return ApiError.of(rule.status, [Error(code=rule.code or usual.code, title=title)], headers, b"")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ApiError.title

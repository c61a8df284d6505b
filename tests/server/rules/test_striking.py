"""Which requests go wrong: decided without a server."""

from __future__ import annotations

from typing import Any

import pytest

from parhelion import Fault, NotFound, ServerError, ServiceUnavailable, TooManyRequests
from parhelion.server.rules.faults import FETCH, Request, concerns, flaws, refusal, strikes

POST = Request("PostMessage", "POST", "/v2/apps/a1/conversations/c1/messages", "a1")
LOAD = Request(FETCH, "GET", "/attachments/v2/01ARZ3NDEKTSV4RRFFQ69G5FAV/sun.png", "")
TABLE = {"PostMessage", "GetApp"}


@pytest.mark.parametrize(
    ("rule", "posting", "loading"),
    [
        ({}, True, True),
        ({"operation": "*"}, True, True),
        ({"operation": "PostMessage"}, True, False),
        ({"operation": "GetApp"}, False, False),
        ({"operation": FETCH}, False, True),
        ({"method": "POST"}, True, False),
        ({"path": "/v2/apps/*/messages"}, True, False),
        ({"path": "/v2/apps/a?/*"}, True, False),
        ({"path": "/v2/apps"}, False, False),
        ({"path": "*.png"}, False, True),
        ({"app_id": "a1"}, True, False),
        ({"app_id": "a2"}, False, False),
        ({"operation": "PostMessage", "method": "GET"}, False, False),
        ({"times": 2, "seen": 1}, True, True),
        ({"times": 2, "seen": 2}, False, False),
        ({"seen": 1000}, True, True),
    ],
)
def test_a_rule_is_about_what_fits_all_that_it_says(rule: dict[str, Any], posting: bool, loading: bool) -> None:
    fault = Fault(status=500, **rule)
    assert (concerns(fault, POST), concerns(fault, LOAD)) == (posting, loading)


def test_dice_decide() -> None:
    assert strikes(Fault(), 0.999999)
    assert not strikes(Fault(probability=0.0), 0.0)
    assert strikes(Fault(probability=0.25), 0.2499)
    assert not strikes(Fault(probability=0.25), 0.25)


@pytest.mark.parametrize(
    ("rule", "status", "code", "title", "kind"),
    [
        ({"status": 503}, 503, "service_unavailable", "Service unavailable", ServiceUnavailable),
        ({"status": 429, "retry_after": 3}, 429, "too_many_requests", "Too many requests", TooManyRequests),
        ({"status": 404, "code": "user_not_found"}, 404, "user_not_found", "Resource not found", NotFound),
        ({"status": 502}, 502, "internal_error", "Bad Gateway", ServerError),
        ({"status": 500, "code": "mine", "title": "Mine"}, 500, "mine", "Mine", ServerError),
        ({"status": 418}, 418, "error", "I'm a Teapot", None),
        ({"status": 499}, 499, "error", "The request was refused", None),
    ],
)
def test_what_is_answered_is_what_the_status_means(
    rule: dict[str, Any], status: int, code: str, title: str, kind: type[Exception] | None
) -> None:
    refused = refusal(Fault(**rule))
    assert refused is not None
    assert (refused.status, refused.code) == (status, code)
    assert refused.title == title
    assert kind is None or isinstance(refused, kind)
    assert refused.headers == ({"retry-after": "3"} if "retry_after" in rule else {})


def test_without_a_status_nothing_is_answered_instead() -> None:
    assert refusal(Fault(drop="after")) is None
    assert refusal(Fault(delay=1)) is None


@pytest.mark.parametrize(
    ("rule", "places"),
    [
        ({"status": 500}, []),
        ({"drop": "before"}, []),
        ({"delay": 0.5}, []),
        ({"delay": 0.5, "status": 500, "retry_after": 0, "operation": FETCH}, []),
        ({}, [""]),
        ({"delay": 0.0}, [""]),
        ({"status": 500, "drop": "after"}, [""]),
        ({"drop": "after", "code": "c", "title": "t", "retry_after": 1}, ["code", "title", "retryAfter"]),
        ({"status": 500, "operation": "postMessage"}, ["operation"]),
        ({"status": 500, "id": "fault_1", "seen": 0}, ["id", "seen"]),
    ],
)
def test_a_rule_that_makes_no_sense_is_told_why(rule: dict[str, Any], places: list[str]) -> None:
    assert [flaw.place for flaw in flaws(Fault(**rule), TABLE)] == places

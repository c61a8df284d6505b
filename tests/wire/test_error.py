"""One table of errors, read in both directions."""

from __future__ import annotations

import pytest

from parhelion import wire
from parhelion.wire import ApiError, BadRequest, ConversationNotFound, Error, NotFound, ServerError, ServiceUnavailable


def of(status: int, code: str = "", title: str = "x") -> ApiError:
    return ApiError.of(status, [Error(code=code, title=title)] if code else [], {"x-request-id": "r"}, b"body")


def children(kind: type[ApiError]) -> list[type[ApiError]]:
    return [each for child in kind.__subclasses__() for each in (child, *children(child))]


@pytest.mark.parametrize("kind", children(ApiError))
def test_what_is_raised_here_is_raised_there(kind: type[ApiError]) -> None:
    raised = kind()
    read = of(raised.status, raised.code, raised.title)
    assert isinstance(raised, type(read)), "the nearest class of that status and code"
    assert (read.status, read.code, read.title, read.request_id) == (raised.status, raised.code, raised.title, "r")
    assert kind.__doc__
    assert getattr(wire, kind.__name__) is kind


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, "conversation_not_found", ConversationNotFound),
        (404, "constellation_not_found", NotFound),
        (404, "", NotFound),
        (400, "too_many_moons", BadRequest),
        (500, "whatever", ServerError),
        (503, "", ServiceUnavailable),
        (502, "", ServerError),
        (418, "teapot", ApiError),
        (302, "", ApiError),
    ],
)
def test_what_is_not_in_the_table_is_its_nearest_ancestor(status: int, code: str, kind: type[ApiError]) -> None:
    found = of(status, code)
    assert type(found) is kind
    assert found.status == status


def test_several_faults_are_one_error_that_tells_them_all() -> None:
    error = BadRequest("author: wrong", "content: wrong")
    assert str(error) == "400 bad_request: author: wrong; bad_request: content: wrong"
    assert [each.title for each in error.errors] == ["author: wrong", "content: wrong"]

"""What can go wrong, under the names it always had.

OpenApiException
├── ApiTypeError  ApiValueError  ApiKeyError  ApiAttributeError     a call that cannot be made
└── ApiException                 the API said no, or nothing: status, reason, body, headers, data
    ├── BadRequestException 400  UnauthorizedException 401  ForbiddenException 403  NotFoundException 404
    ├── ConflictException 409  UnprocessableEntityException 422  ServiceException 5xx
    └── NoAnswerException 0      also a urllib3 MaxRetryError, which the old clients let through
"""

from __future__ import annotations

from functools import cache, cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parhelion.client import Response
    from parhelion.wire import NoAnswer

Path = list[str | int] | None


class OpenApiException(Exception):
    """All of them."""


class _Placed(OpenApiException):
    def __init__(self, msg: str, path_to_item: Path = None) -> None:
        self.path_to_item = path_to_item
        super().__init__(f"{msg} at {render_path(path_to_item)}" if path_to_item else msg)


class ApiTypeError(_Placed, TypeError):
    def __init__(
        self, msg: str, path_to_item: Path = None, valid_classes: Any = None, key_type: bool | None = None
    ) -> None:
        self.valid_classes, self.key_type = valid_classes, key_type
        super().__init__(msg, path_to_item)


class ApiValueError(_Placed, ValueError): ...


class ApiKeyError(_Placed, KeyError): ...


class ApiAttributeError(_Placed, AttributeError): ...


class MissingParameter(ApiValueError, ApiTypeError):
    """An argument was left out: a TypeError in 9 and 12, a ValueError in 17."""

    def __init__(self, msg: str) -> None:
        super().__init__(msg)


class ApiException(OpenApiException):
    """The API said no."""

    def __init__(
        self,
        status: int | None = None,
        reason: str | None = None,
        http_resp: Any = None,
        *,
        body: str | None = None,
        data: Any = None,
    ) -> None:
        self.status, self.reason, self.body = status, reason, body
        self.headers: Any = None
        if data is not None:
            self.data = data
        if http_resp is not None:
            self.status = http_resp.status if status is None else status
            self.reason = http_resp.reason if reason is None else reason
            self.headers = http_resp.getheaders()
            if body is None and http_resp.data is not None:
                said: bytes | str = http_resp.data
                self.body = said.decode(errors="replace") if isinstance(said, bytes) else said
        # Not super(): below an ApiException there may be one of urllib3's, which is made otherwise.
        Exception.__init__(self, self.status, self.reason)

    @cached_property
    def data(self) -> Any:
        """The body as an ErrorResponse; None when it is not one."""
        import msgspec

        from ._build import model
        from ._model import is_object

        try:
            said = msgspec.json.decode(self.body or "")
        except msgspec.DecodeError:
            return None
        return model("ErrorResponse").of(said) if is_object(said) and "errors" in said else None

    @classmethod
    def from_response(cls, *, http_resp: Any, body: str | None = None, data: Any = None) -> ApiException:
        """Raise the exception that a status means."""
        raise kind_of(http_resp.status)(http_resp=http_resp, body=body, data=data)

    def __str__(self) -> str:
        told = f"({self.status})\nReason: {self.reason}\n"
        if self.headers:
            told += f"HTTP response headers: {self.headers}\n"
        return f"{told}HTTP response body: {self.body}\n" if self.body else told


class BadRequestException(ApiException): ...


class UnauthorizedException(ApiException): ...


class ForbiddenException(ApiException): ...


class NotFoundException(ApiException): ...


class ConflictException(ApiException): ...


class UnprocessableEntityException(ApiException): ...


class ServiceException(ApiException): ...


_KINDS: dict[int, type[ApiException]] = {
    400: BadRequestException,
    401: UnauthorizedException,
    403: ForbiddenException,
    404: NotFoundException,
    409: ConflictException,
    422: UnprocessableEntityException,
}


def kind_of(status: int) -> type[ApiException]:
    return _KINDS.get(status) or (ServiceException if 500 <= status <= 599 else ApiException)


def refused(response: Response) -> ApiException:
    """What an answer that says no is raised as."""
    from .rest import RESTResponse

    return kind_of(response.status)(http_resp=RESTResponse(response))


def unanswered(lost: NoAnswer, host: str) -> ApiException:
    """What no answer at all is raised as."""
    slow = isinstance(lost.__cause__, TimeoutError)
    kind: type[ApiException] = _no_answer(slow, lost.sent)
    return kind(0, str(lost) or host)


def phrase(status: int) -> str:
    """The words that go with a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


@cache
def _no_answer(slow: bool, sent: bool) -> Any:
    """Made when needed: urllib3 costs more to import than the rest of a program's start."""
    from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, ProtocolError, ReadTimeoutError

    class NoAnswerException(ApiException, MaxRetryError):  # type: ignore[misc]  # `reason` is ours: words
        """Nothing came back. Status 0."""

        pool: Any = None  # what a MaxRetryError has
        url: Any = None

        def __reduce__(self) -> Any:
            return _again, (slow, sent, self.reason)

    class TimedOutException(NoAnswerException, ReadTimeoutError):  # type: ignore[misc]  # both have args
        """Nothing came back in time."""

    class UnreachedException(NoAnswerException, ConnectTimeoutError):  # type: ignore[misc]  # `reason`, as above
        """The request did not leave in time."""

    class LostAnswerException(NoAnswerException, ProtocolError):  # type: ignore[misc]  # `reason`, as above
        """The connection broke after the request had left."""

    if slow:
        return TimedOutException if sent else UnreachedException
    return LostAnswerException if sent else NoAnswerException


def _again(slow: bool, sent: bool, reason: str) -> Any:
    return _no_answer(slow, sent)(0, reason)


def render_path(path_to_item: list[str | int]) -> str:
    """['messages'][0]."""
    return "".join(f"[{each}]" if isinstance(each, int) else f"['{each}']" for each in path_to_item)

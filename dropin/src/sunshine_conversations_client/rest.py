"""The answers as urllib3 would have given them, and the exceptions that were always importable from here."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from .exceptions import (
    ApiException,
    ApiValueError,
    BadRequestException,
    ConflictException,
    ForbiddenException,
    NotFoundException,
    ServiceException,
    UnauthorizedException,
    UnprocessableEntityException,
    phrase,
)

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, HTTPHeaderDict

    from parhelion.client import Response


class RESTResponse:
    """A whole answer."""

    def __init__(self, response: Response) -> None:
        self.status, self.data, self._response = response.status, response.body, response
        self.reason = phrase(response.status)

    @property
    def answer(self) -> Response:
        """As Parhelion read it."""
        return self._response

    @property
    def response(self) -> BaseHTTPResponse:
        """As urllib3 would have read it."""
        return raw(self._response)

    @property
    def headers(self) -> HTTPHeaderDict:
        return headers(self._response)

    def read(self) -> bytes:
        return self.data

    def getheaders(self) -> HTTPHeaderDict:
        return self.headers

    def getheader(self, name: str, default: Any = None) -> Any:
        return self._response.headers.get(name.lower(), default)


def headers(response: Response) -> HTTPHeaderDict:
    """Found in any case."""
    from urllib3 import HTTPHeaderDict  # dear to import, and not every program looks

    return HTTPHeaderDict(response.headers)


def raw(response: Response) -> BaseHTTPResponse:
    """What `_preload_content=False` gives: the body is read by the program."""
    from urllib3 import HTTPResponse

    return HTTPResponse(
        BytesIO(response.body),
        headers(response),
        response.status,
        reason=phrase(response.status),
        preload_content=False,
    )


__all__ = [
    "ApiException",
    "ApiValueError",
    "BadRequestException",
    "ConflictException",
    "ForbiddenException",
    "NotFoundException",
    "RESTResponse",
    "ServiceException",
    "UnauthorizedException",
    "UnprocessableEntityException",
    "headers",
    "raw",
]

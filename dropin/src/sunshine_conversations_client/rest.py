"""The answers as urllib3 would have given them, and what else was always importable from here.

There is no RESTClientObject: Parhelion's own transport carries requests.
"""

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

SUPPORTED_SOCKS_PROXIES = {"socks5", "socks5h", "socks4", "socks4a"}  # not here: a Configuration takes HTTP proxies


def is_socks_proxy_url(url: str | None) -> bool:
    scheme, found, _ = (url or "").partition("://")
    return bool(found) and scheme.lower() in SUPPORTED_SOCKS_PROXIES


def __getattr__(name: str) -> Any:
    """What would bring logging or urllib3 with it is made when it is asked for."""
    if name == "logger":
        import logging

        return logging.getLogger(__name__)
    if name == "RESTResponseType":
        from urllib3 import HTTPResponse

        return HTTPResponse
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class RESTResponse:
    """A whole answer; of urllib3's, or of Parhelion's own."""

    def __init__(self, resp: Any) -> None:
        self._response = _read(resp)
        self.status, self.data = self._response.status, self._response.body
        self.reason = getattr(resp, "reason", None) or phrase(self.status)

    @property
    def answer(self) -> Response:
        """As Parhelion read it."""
        return self._response

    @property
    def response(self) -> BaseHTTPResponse:
        """As urllib3 would have read it."""
        return raw(self._response)

    urllib3_response = response

    @property
    def headers(self) -> HTTPHeaderDict:
        return headers(self._response)

    def read(self) -> bytes:
        return self.data

    def getheaders(self) -> HTTPHeaderDict:
        return self.headers

    def getheader(self, name: str, default: Any = None) -> Any:
        return self._response.headers.get(name.lower(), default)


def _read(resp: Any) -> Response:
    from parhelion.client import Response

    if isinstance(resp, Response):
        return resp
    return Response(resp.status, {name.lower(): value for name, value in resp.headers.items()}, resp.data)


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
    "SUPPORTED_SOCKS_PROXIES",
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
    "is_socks_proxy_url",
    "raw",
]

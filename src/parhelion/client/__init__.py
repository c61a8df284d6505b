"""WHO ASKS. One flow without IO, and two small drivers around it: see `flow`, then `sync`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .calling import Call
from .credentials import Basic, Credentials, KeyJWT, Nobody, Token
from .flow import Patience
from .sync import Client, RawClient
from .transport import (
    AsyncStream,
    AsyncStreamingTransport,
    AsyncTransport,
    Headers,
    Request,
    Response,
    Stream,
    StreamingTransport,
    Timeout,
    Transport,
)

if TYPE_CHECKING:
    from .aio import AsyncClient, AsyncRawClient
    from .http_async import AsyncHttpTransport
    from .http_client import HttpTransport
else:  # a checker that saw this would believe that every name is here
    _LATER = {
        "AsyncClient": "aio",
        "AsyncHttpTransport": "http_async",
        "AsyncRawClient": "aio",
        "HttpTransport": "http_client",
    }

    def __getattr__(name: str) -> Any:
        """What brings asyncio or TLS with it is loaded when it is asked for."""
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(f".{_LATER[name]}", __name__), name)


__all__ = [
    "AsyncClient",
    "AsyncHttpTransport",
    "AsyncRawClient",
    "AsyncStream",
    "AsyncStreamingTransport",
    "AsyncTransport",
    "Basic",
    "Call",
    "Client",
    "Credentials",
    "Headers",
    "HttpTransport",
    "KeyJWT",
    "Nobody",
    "Patience",
    "RawClient",
    "Request",
    "Response",
    "Stream",
    "StreamingTransport",
    "Timeout",
    "Token",
    "Transport",
]

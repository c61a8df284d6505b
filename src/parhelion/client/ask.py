"""From a call's arguments to a request. No IO."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import quote, urlencode

import msgspec

from ..operations import Declared
from ..wire.writing import write
from .transport import Headers, Request
from .uploads import Multipart


def ask(operation: Declared[Any], app_id: str | None, arguments: dict[str, Any], origin: str, prefix: str) -> Request:
    """The request that a call means. Its headers say what its body is, and no more."""
    segments: dict[str, str] = {}
    if operation.in_app:
        if app_id is None:
            raise ValueError(
                f"{operation.tag}.{operation.__name__} needs an app: give app_id to the client, "
                "or use client.for_app(app_id), or set PARHELION_APP_ID"
            )
        segments["app_id"] = segment("app_id", app_id)
    query: list[tuple[str, str]] = []
    request = Request(operation.method, origin, "", Headers())
    for name, wire_name, place, *_ in operation.parameters:
        value = arguments.get(name)
        if place == "path":
            segments[name] = segment(name, value)
        elif value is None:
            continue
        elif place == "body":
            request.body = write(value)
            request.headers["content-type"] = "application/json"
        elif place == "file":
            request.body = Multipart("source", value)
            request.headers["content-type"] = request.body.content_type
        elif isinstance(value, msgspec.Struct):  # a query object: page[before]=...
            fields: dict[str, Any] = msgspec.to_builtins(value)
            query += [(f"{wire_name}[{key}]", _text(each)) for key, each in fields.items()]
        else:
            query.append((wire_name, _text(value)))
    if operation.path.startswith("/parhelion/"):  # ours: the hosted service's /sc is not above it
        prefix = prefix.removesuffix("/sc")
    request.path = prefix + operation.path.format_map(segments)
    if query:
        request.path += "?" + urlencode(query)
    length = len(request.body) if isinstance(request.body, bytes) else request.body.length if request.body else 0
    if length is None:
        request.headers["transfer-encoding"] = "chunked"
    elif request.body is not None or request.method not in ("GET", "DELETE"):
        request.headers["content-length"] = str(length)
    return request


def segment(name: str, value: object) -> str:
    """One path segment. An empty one or a dot would address something else: the parent's DELETE, for one."""
    if not isinstance(value, str) or value in ("", ".", ".."):
        raise ValueError(f"{name} cannot be {value!r}")
    return quote(value, safe="")


def _text(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(cast("Sequence[str]", value))
    return ("false", "true")[value] if isinstance(value, bool) else str(value)

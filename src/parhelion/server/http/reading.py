"""From a request to a handler's arguments.

path     already split                    query    page[before]=, page%5Bbefore%5D=, page={"before": ...}
body     JSON, read strictly              source   multipart, streamed to media: see upload.py
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qsl

import msgspec

from ...operations import Declared, Parameter
from ...wire import BadRequest, PayloadTooLarge, UnsupportedMediaType
from ...wire.reading import Fault, Unreadable, faults, fields_of, strict
from .asgi import Receive, piece_of

JSON_LIMIT = 100 * 1024  # "100kb"


async def whole(headers: Mapping[bytes, bytes], receive: Receive, *, required: bool = True) -> bytes:
    """A JSON body, whole."""
    if not required and _length(headers) == 0 and b"transfer-encoding" not in headers:
        return b""
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind != b"application/json" and not kind.endswith(b"+json"):
        raise UnsupportedMediaType("content-type should be application/json")
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise UnsupportedMediaType("content-encoding is not supported")
    if _length(headers) > JSON_LIMIT:
        raise PayloadTooLarge(f"A body is limited to {JSON_LIMIT} bytes.")
    body, more = await piece_of(receive)
    if more:
        pieces, size = [body], len(body)
        while more and size <= JSON_LIMIT:
            piece, more = await piece_of(receive)
            pieces.append(piece)
            size += len(piece)
        body = b"".join(pieces)
    if len(body) > JSON_LIMIT:
        raise PayloadTooLarge(f"A body is limited to {JSON_LIMIT} bytes.")
    return body


def arguments(
    operation: Declared[Any], values: Mapping[str, str], query_string: bytes, body: bytes | None
) -> dict[str, Any]:
    """What was asked, by the names of the declaration, but for a file. All faults are told together."""
    found: dict[str, Any] = {}
    wrong: list[Fault] = []
    query = read_query(query_string) if query_string else {}
    for parameter in operation.parameters:
        try:
            if parameter.place == "path":
                found[parameter.name] = values[parameter.name]
            elif parameter.place == "query":
                found[parameter.name] = query_value(parameter, query)
            elif parameter.place == "body":
                # Where the body as a whole may be left out, an empty one is none.
                found[parameter.name] = (
                    strict(body or b"", parameter.type) if body or parameter.required else parameter.default
                )
        except Unreadable as error:
            wrong += error.faults
    if wrong:
        raise BadRequest(*map(str, wrong))
    return found


def read_query(raw: bytes) -> dict[str, Any]:
    """page[before]=a&access=public -> {"page": {"before": "a"}, "access": "public"}"""
    query: dict[str, Any] = {}
    try:
        pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise BadRequest("Invalid query parameters") from None
    for key, value in pairs:
        name, bracket, inner = key.partition("[")
        if bracket:
            nested = query.setdefault(name, {})
            if isinstance(nested, dict):
                nested[inner.removesuffix("]")] = value
        else:
            query[name] = value
    return query


def query_value(parameter: Parameter, query: dict[str, Any]) -> Any:
    """One query parameter, by its declaration."""
    name = parameter.wire_name
    if name not in query:
        if parameter.required:
            raise Unreadable([Fault("", f"should have required property '{name}'")])
        return parameter.default
    value = query[name]
    if isinstance(value, str) and value.startswith("{"):  # the last official Python client sends a JSON object
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            raise Unreadable([Fault(name, "JSON is malformed")]) from None
    if isinstance(value, dict):
        known = {field.encode_name for field in fields_of(parameter.type)}
        if unknown := [key for key in cast("dict[str, Any]", value) if key not in known]:
            raise Unreadable([Fault(f"{name}[{key}]", "is not known") for key in unknown])
    try:
        return msgspec.convert(value, parameter.type, strict=False)
    except msgspec.ValidationError:
        raise Unreadable(list(faults(value, parameter.type, name, strict=False))) from None


def _length(headers: Mapping[bytes, bytes]) -> int:
    said = headers.get(b"content-length", b"0")
    return int(said) if said.isdigit() else 0

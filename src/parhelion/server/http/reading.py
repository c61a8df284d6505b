"""From a request to a handler's arguments.

path     already split                    query    page[before]=, page%5Bbefore%5D=, page={"before": ...}; triggers=a,b
body     JSON, read strictly              source   multipart, streamed to media: see upload.py
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, cast, get_args, get_origin
from urllib.parse import parse_qsl, unquote_plus

import msgspec

from ...operations import Declared, Parameter
from ...wire import BadRequest, PayloadTooLarge, UnsupportedMediaType
from ...wire.reading import Fault, Unreadable, faults, fields_of, strict
from .asgi import Receive, piece_of

JSON_LIMIT = 100 * 1024  # "100kb"
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
FORM_LIMIT = 16 * 1024
FORM = b"application/x-www-form-urlencoded"
Taking = Callable[[int], AbstractContextManager[None]]  # room for so many bytes: see overload.Room


async def whole(
    headers: Mapping[bytes, bytes], receive: Receive, room: Taking, *, required: bool = True, also_form: bool = False
) -> bytes:
    """A JSON body, whole. A form is made into one where it is accepted. `room` is taken while it comes in."""
    if not required and _length(headers) == 0 and b"transfer-encoding" not in headers:
        return b""
    kind = _kind(headers)
    if also_form and kind == FORM:
        return msgspec.json.encode(_basic_client(headers) | await form(headers, receive, room))
    if kind != b"application/json" and not kind.endswith(b"+json"):
        raise UnsupportedMediaType("content-type should be application/json")
    return await _bounded(headers, receive, room, JSON_LIMIT)


async def _bounded(headers: Mapping[bytes, bytes], receive: Receive, room: Taking, limit: int) -> bytes:
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise UnsupportedMediaType("content-encoding is not supported")
    length = _length(headers)
    if length > limit:
        raise PayloadTooLarge(f"A body is limited to {limit} bytes.")
    body, more = await piece_of(receive)
    if more:
        with room(length or limit):
            pieces, size = [body], len(body)
            while more and size <= limit:
                piece, more = await piece_of(receive)
                pieces.append(piece)
                size += len(piece)
            body = b"".join(pieces)
    if len(body) > limit:
        raise PayloadTooLarge(f"A body is limited to {limit} bytes.")
    return body


async def form(headers: Mapping[bytes, bytes], receive: Receive, room: Taking) -> dict[str, str]:
    """A form's fields, each said once."""
    if _kind(headers) != FORM:
        raise UnsupportedMediaType("content-type should be application/x-www-form-urlencoded")
    return form_fields(await _bounded(headers, receive, room, FORM_LIMIT))


def _basic_client(headers: Mapping[bytes, bytes]) -> dict[str, str]:
    """An OAuth client that says who it is with HTTP's Basic scheme: RFC 6749, 2.3.1."""
    scheme, _, said = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"basic":
        return {}
    try:
        client, colon, secret = base64.b64decode(said.strip(), validate=True).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": unquote_plus(client), "client_secret": unquote_plus(secret)} if colon else {}


def form_fields(body: bytes) -> dict[str, str]:
    """a=1&b=2 -> {"a": "1", "b": "2"}"""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError:
        raise BadRequest("The form is malformed") from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise BadRequest("The form has a field twice")
    return fields


def arguments(
    operation: Declared[Any], values: Mapping[str, str], query_string: bytes, body: bytes | None
) -> dict[str, Any]:
    """What was asked, by the names of the declaration, but for a file. All faults are told together."""
    if _holds_nul(body or b"") or b"%00" in query_string or any("\0" in value for value in values.values()):
        raise BadRequest("should not hold the character U+0000")  # PostgreSQL has no text with it
    found: dict[str, Any] = dict(values)  # what the path names
    wrong: list[Fault] = []
    query = read_query(query_string) if query_string else {}
    for parameter in _read(operation):
        try:
            if parameter.place == "query":
                found[parameter.name] = query_value(parameter, query)
            else:
                # Where the body as a whole may be left out, an empty one is none.
                given = body or parameter.required
                found[parameter.name] = strict(body or b"", parameter.type) if given else parameter.default
        except Unreadable as error:
            wrong += error.faults
    if wrong:
        raise BadRequest(*map(str, wrong))
    return found


@cache
def _read(operation: Declared[Any]) -> tuple[Parameter, ...]:
    """What of an operation has to be read: a query and a body."""
    return tuple(each for each in operation.parameters if each.place in ("query", "body"))


def _holds_nul(body: bytes) -> bool:
    return b"\\u0000" in body and _NUL.search(body) is not None


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
    known = {field.encode_name for field in fields_of(parameter.type)}
    if isinstance(value, str) and _is_list(parameter.type):
        value = value.split(",")
    # The last official Python client sends an object as JSON.
    if known and isinstance(value, str) and value.startswith("{"):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):
            raise Unreadable([Fault(name, "JSON is malformed")]) from None
    if isinstance(value, dict) and (unknown := [key for key in cast("dict[str, Any]", value) if key not in known]):
        raise Unreadable([Fault(f"{name}[{key}]", "is not known") for key in unknown])
    try:
        return msgspec.convert(value, parameter.type, strict=False)
    except msgspec.ValidationError:
        raise Unreadable(list(faults(value, parameter.type, name, strict=False))) from None


def _is_list(hint: Any) -> bool:
    return any(get_origin(each) in (list, Sequence) for each in (hint, *get_args(hint)))


def _kind(headers: Mapping[bytes, bytes]) -> bytes:
    return headers.get(b"content-type", b"").partition(b";")[0].strip().lower()


def _length(headers: Mapping[bytes, bytes]) -> int:
    said = headers.get(b"content-length", b"0")
    return int(said) if said.isdigit() else 0

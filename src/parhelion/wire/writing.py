"""Writing JSON: one msgspec pass; a second, slow one when something unknown has to go out as it came in."""

from __future__ import annotations

from typing import Any

import msgspec

from .reading import is_array, is_object

_encode = msgspec.json.Encoder().encode


def write(value: Any) -> bytes:
    """The JSON of a struct, or of anything made of structs."""
    body = _encode(value)
    return _encode(_unwrap(msgspec.to_builtins(value))) if b'"(unknown)"' in body else body


def _unwrap(value: Any) -> Any:
    if is_array(value):
        return [_unwrap(each) for each in value]
    if is_object(value):
        if value.get("type") == "(unknown)" and "fields" in value:
            return value["fields"]
        return {key: _unwrap(each) for key, each in value.items()}
    return value

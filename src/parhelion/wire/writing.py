"""Writing JSON: one msgspec pass; a second, slow one when something unknown has to go out as it came in."""

from __future__ import annotations

from typing import Any, cast

import msgspec

_encode = msgspec.json.Encoder().encode


def write(value: Any) -> bytes:
    """The JSON of a struct, or of anything made of structs."""
    body = _encode(value)
    return _encode(_unwrap(msgspec.to_builtins(value))) if b'"(unknown)"' in body else body


def _unwrap(value: Any) -> Any:
    if isinstance(value, list):
        return [_unwrap(each) for each in cast("list[Any]", value)]
    if isinstance(value, dict):
        found = cast("dict[str, Any]", value)
        if found.get("type") == "(unknown)" and "fields" in found:
            return found["fields"]
        return {key: _unwrap(each) for key, each in found.items()}
    return value

"""Writing JSON: one msgspec pass; a second, slow one when something unknown has to go out as it came in."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import msgspec

from ._wire import Unknown
from .reading import is_array

T = TypeVar("T")
_encode = msgspec.json.Encoder().encode


def write(value: Any) -> bytes:
    """The JSON of a struct, or of anything made of structs."""
    body = _encode(value)
    return _encode(_as_it_came(value)) if b'"(unknown)"' in body else body


def written(value: T) -> tuple[bytes, T]:
    """The JSON of a struct, and what may stand in its place wherever it is only written: it is not made again."""
    body = write(value)
    return body, cast("T", msgspec.Raw(body))


def _as_it_came(value: Any) -> Any:
    """Structs as objects, and what an `Unknown` kept in its place. Plain dictionaries are data, whatever they hold."""
    if isinstance(value, Unknown):
        return value.fields
    if isinstance(value, msgspec.Struct):
        config = value.__struct_config__
        found = {} if config.tag is None else {config.tag_field: config.tag}
        for field in msgspec.structs.fields(value):
            said = getattr(value, field.name)
            if field.required or said != field.default:
                found[field.encode_name] = _as_it_came(said)
        return found
    if is_array(value):
        return [_as_it_came(each) for each in value]
    return value

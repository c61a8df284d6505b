"""PATCH, as RFC 7396 says: what is absent stays, null takes away, an object goes into the object that is there."""

from __future__ import annotations

from typing import Any

import msgspec

from ...wire import Wire
from ...wire.reading import is_object


def patched(stored: bytes, body: Wire) -> bytes:
    """What is stored, as JSON, once a change is in it."""
    return msgspec.json.encode(merged(msgspec.json.decode(stored), msgspec.to_builtins(body)))


def merged(target: Any, patch: Any) -> Any:
    """RFC 7396, on what was JSON."""
    if not is_object(patch):
        return patch
    result = dict(target) if is_object(target) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result

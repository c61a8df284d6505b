"""What could not be read, or was kept though it is not understood: each with its place and its reason."""

from __future__ import annotations

from typing import Literal

import msgspec

from ...wire.reading import decoder, faults

Why = Literal["gone", "forbidden", "failed", "unreadable", "refused", "too large", "elsewhere", "no id", "unknown"]
WORDS: dict[Why, str] = {
    "gone": "not there (404)",
    "forbidden": "not to be read with this key (403)",
    "failed": "failed each time it was asked for",
    "unreadable": "answered with what cannot be read",
    "refused": "refused",
    "too large": "too large",
    "elsewhere": "led to where nothing is fetched",
    "no id": "named as nobody can be",
    "unknown": "kept as it came, but not understood",
}


class Missing(msgspec.Struct, kw_only=True, frozen=True, rename="camel", omit_defaults=True):
    """One thing that is not in the file; or, where it is `kept`, one that is in it and that an import may refuse."""

    kind: str
    why: Why
    reason: str
    id: str | None = None
    user_id: str | None = None
    conversation_id: str | None = None
    message_id: str | None = None
    media_url: str | None = None
    kept: bool = False


class Trouble(Exception):
    """Something cannot be had. It is `passing` when it may be had later."""

    def __init__(self, why: Why, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.why: Why = why
        self.reason, self.passing = reason, passing


class Stopped(Exception):
    """It is no use to go on now: the words say why."""


def odd(data: bytes, shape: object) -> str | None:
    """What this program does not understand in an object, or None. Fields that are merely new are no trouble."""
    try:
        decoder(shape).decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        try:
            return str(next(faults(msgspec.json.decode(data), shape), "it has a shape of its own"))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return str(error)
    return None

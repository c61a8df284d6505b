"""How a thing is said.

- camelCase on the wire, snake_case in Python (`kw_only` is not inherited by msgspec: each struct says it);
- what was not said is not sent: a field left at its default is absent;
- limits (`Annotated[...]`) and closed words (`Literal[...]`) bind who sends; `reading.tolerant` reads past them;
- what this version does not know is kept: `Unknown` holds the raw object.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, cast

import msgspec
from msgspec import Meta


class Wire(msgspec.Struct, kw_only=True, rename="camel", omit_defaults=True, repr_omit_defaults=True):
    """A shape of the API."""


class Tagged(Wire, kw_only=True):
    """A shape told apart from its sisters by `type`."""

    @property
    def type(self) -> str:
        """The word that stands under `type` on the wire, such as "text" or "carousel"."""
        return cast("str", self.__struct_config__.tag)


class Discreet(Wire, kw_only=True):
    """A shape with secrets in it: they do not show where it is printed, in a log or in a traceback."""

    secrets: ClassVar[frozenset[str]] = frozenset()

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        said = ((field, getattr(self, field.name)) for field in msgspec.structs.fields(self))
        return [
            (field.name, ... if field.name in self.secrets else value)
            for field, value in said
            if field.required or value != field.default
        ]

    def __repr__(self) -> str:
        said = (f"{name}={'...' if value is ... else repr(value)}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({', '.join(said)})"

    __str__ = __repr__


class Kept(dict[str, Any]):
    """A raw object, kept whole.

    msgspec has no way from JSON to this class. So an `Unknown` is made by `reading.tolerant` only: a strict decoder
    refuses its tag like any other unknown type, and one union serves both sides.
    """


class Unknown(Wire, kw_only=True, tag="(unknown)"):
    """Something whose `type` this version has not learned yet, or whose shape is not the one it knows."""

    type: str = msgspec.field(name="unknownType")  # "type" itself is the tag
    fields: Annotated[Kept, Meta(extra_json_schema={"type": "object"})]


Instant = Annotated[datetime, Meta(tz=True)]
Metadata = dict[str, str | int | float | bool]
MetadataUpdate = dict[str, str | int | float | bool | None]  # null takes a key away
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Short = Annotated[str, Meta(min_length=1, max_length=128)]
Brief = Annotated[str, Meta(max_length=128)]
Text = Annotated[str, Meta(max_length=4096)]
Uri = Annotated[str, Meta(min_length=1, max_length=2048)]


def instant(milliseconds: int) -> datetime:
    """A moment as the API writes it, in UTC with milliseconds: 2026-01-31T12:00:00.000Z.

    msgspec would write microseconds. A field that already holds text is written as it stands, so this is text which
    only a writer may hold; everyone who reads gets a real datetime. Raises ValueError outside the years 1 to 9999.
    """
    whole, rest = divmod(milliseconds, 1000)
    if whole not in _seconds:  # a second is asked for thousands of times
        _seconds.clear()
        _seconds[whole] = datetime.fromtimestamp(whole, UTC).isoformat()[:19]
    return cast("datetime", f"{_seconds[whole]}.{rest:03d}Z")


_seconds: dict[int, str] = {}

"""Reading JSON: fast when all is well, patient when it is not.

    strict(body, T)    for a server: the value, or every fault with its place
    tolerant(body, T)  for a client: the value, whatever the API has learned since this was written

Both are one msgspec pass. msgspec stops at the first fault, so only after a fault the tree is walked by type,
and each subtree is tried alone: `strict` collects what fails, `tolerant` keeps what fails.

`tolerant` walks the bytes themselves, a level at a time: of a page with one strange message all others are read as fast
as ever. What msgspec takes for no JSON at all is mended first (see `_mended`): half a surrogate pair, which JavaScript
writes where it cuts a text; bytes that are not UTF-8; NaN; nesting beyond measure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import chain, islice
from threading import Lock
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeGuard, Union, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

from ._wire import Kept, Unknown
from ._words import in_words


class Fault(NamedTuple):
    place: str  # "content.actions[0].uri"; "" is the whole
    why: str

    def __str__(self) -> str:
        return f"{self.place}: {self.why}" if self.place else self.why


class Unreadable(Exception):
    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


MOST = 20
DEEPEST = 100  # levels
_REQUIRED = "should have required property '{}'"  # the hosted service's words
Tell = Callable[[Fault], None]
Bytes = bytes | msgspec.Raw
_TROUBLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
# Compiled when they are needed: a program that only reads good answers never does.
_PARTS = r'(?s)"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]|-?\b(?:NaN|Infinity)\b'  # a string may be cut off
_ESCAPES = r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<half>u[dD][89a-fA-F]..)|.)"


_MAKING = Lock()  # msgspec lets other threads see a type before it has looked at all of it, which may end the process


@cache
def decoder(hint: Any) -> msgspec.json.Decoder[Any]:
    with _MAKING:
        return msgspec.json.Decoder(hint)


def strict(body: bytes, hint: Any) -> Any:
    """The value, or `Unreadable` with its faults: at most MOST, so that a body made of them costs no more."""
    try:
        return decoder(hint).decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        try:
            value = _raw(body)
        except msgspec.DecodeError as error:
            raise Unreadable([Fault("", in_words(str(error).partition(" - at ")[0], []))]) from None
        raise Unreadable(list(islice(faults(value, hint), MOST))) from None


def tolerant(body: bytes, hint: Any, tell: Tell = lambda _: None) -> Any:
    """`tell` hears what had to be left out; what is merely unknown is kept in an `Unknown` and not told.

    A time without a zone is taken for UTC, so that times can be compared.

    Errors: msgspec.DecodeError when it cannot be read at all; then nothing is told.
    """
    try:
        return decoder(hint).decode(body)
    except _TROUBLE as error:
        refused = _in_json(error)
    told: list[Fault] = []
    try:
        value = _patient(body, hint, "", told.append, refused)
    except RecursionError:  # deep enough for msgspec, and too deep for us
        told.clear()
        try:
            value = _salvage(_mended(body), hint, "", told.append)
        except RecursionError as error:
            raise _in_json(error) from error
    for fault in told:
        tell(fault)
    return value


def _in_json(error: Exception) -> msgspec.DecodeError:
    if isinstance(error, msgspec.DecodeError):
        return error
    return msgspec.DecodeError(
        "JSON is nested too deeply" if isinstance(error, RecursionError) else "JSON is not in UTF-8"
    )


def _raw(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (RecursionError, UnicodeDecodeError) as error:
        raise _in_json(error) from error


def faults(value: Any, hint: Any, place: str = "", *, strict: bool = True) -> Iterator[Fault]:
    """Every fault of a value, each at the deepest place that can be named. Not strict: "25" is a number."""
    try:
        msgspec.convert(value, hint, strict=strict)
        return
    except msgspec.ValidationError as error:
        said, _, at = str(error).partition(" - at ")
        why = (at == "`$.type`" and _otherwise(hint)) or in_words(said, _choices(hint))
    deeper = 0
    for child in _children(value, hint, place):
        for fault in faults(*child, strict=strict):
            deeper += 1
            yield fault
    for field in _missing(value, hint):
        deeper += 1
        yield Fault(place, _REQUIRED.format(field.encode_name))
    if not deeper:
        yield Fault(place, why)


def _salvage(body: Bytes, hint: Any, place: str, tell: Tell | None) -> Any:
    """The value with its strange parts kept or left out.

    `tell` is None inside anything that can be kept whole: nothing is left out there, the whole becomes an `Unknown`.
    """
    try:
        return decoder(hint).decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _patient(body, hint, place, tell, _in_json(error))


def _patient(body: Bytes, hint: Any, place: str, tell: Tell | None, refused: msgspec.DecodeError) -> Any:
    if Any in _options(hint):
        return _read(body)
    value = _opened(body)
    if not isinstance(value, (dict, list)):
        return _scalar(value, hint)
    unknown = next((option for option in _structs(hint) if issubclass(option, Unknown)), None)
    try:
        return _rebuild(value, hint, place, None if unknown else tell, refused)
    except msgspec.DecodeError:
        if unknown is None or not is_object(value):
            raise
        kept: dict[str, Any] = _read(body)
        kind = kept.get("type")
        return unknown(type=kind if isinstance(kind, str) else "", fields=Kept(kept))


def _scalar(value: Any, hint: Any) -> Any:
    """Limits and closed words bind the sender: a long text is still a text, a new word still a word."""
    if isinstance(value, str) and any(get_origin(option) is Literal for option in _options(hint)):
        return value
    found = msgspec.convert(value, Union[_options(hint)])  # noqa: UP007 - made of a tuple
    return found.replace(tzinfo=UTC) if isinstance(found, datetime) and found.tzinfo is None else found


def _rebuild(value: Any, hint: Any, place: str, tell: Tell | None, refused: msgspec.DecodeError) -> Any:
    built: dict[Any, Any] = {}
    told = None
    for child, child_hint, child_place, key, required in chain(
        _parts(value, hint, place), _entries(value, hint, place)
    ):
        try:
            built[key] = _salvage(child, child_hint, child_place, tell)
        except msgspec.DecodeError as error:
            if tell is None or required:
                raise
            if child_place != told:
                tell(Fault(child_place, str(error)))
            told = child_place
    if is_array(value) and _items(hint):
        return list(built.values())
    if is_object(value) and _values(hint):
        return built
    struct = _struct(value, hint)
    if struct is None or any(field.required and field.name not in built for field in _fields(struct)):
        raise refused
    return struct(**built)


def _opened(body: Bytes) -> Any:
    """One level of it: what an object or an array holds stays in bytes."""
    whole = bytes(body)
    try:
        return _level(whole)
    except _TROUBLE:
        return _level(_mended(whole))


def _level(body: bytes) -> Any:
    shape = {b"{": dict[str, msgspec.Raw], b"[": list[msgspec.Raw]}.get(body.lstrip()[:1], Any)
    return decoder(shape).decode(body)


def _read(body: Bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except _TROUBLE:
        return msgspec.json.decode(_mended(body))


def _mended(body: Bytes) -> bytes:
    """The same as JSON that can be read, where nobody could read it.

    What is no text becomes U+FFFD, what is no number null; and so does what is nested more than DEEPEST levels.
    """
    text = bytes(body).decode("utf-8-sig", errors="replace")
    kept: list[str] = []
    taken = depth = 0
    for found in re.finditer(_PARTS, text):
        part = found[0]
        if part in "[{":
            depth += 1
            if depth == DEEPEST + 1:
                kept += text[taken : found.start()], "null"
        elif part in "]}":
            if depth == DEEPEST + 1:
                taken = found.end()
            depth -= 1
        elif depth <= DEEPEST and (part[0] != '"' or "\\u" in part):
            kept += text[taken : found.start()], re.sub(_ESCAPES, _whole, part) if part[0] == '"' else "null"
            taken = found.end()
    return "".join((*kept, text[taken:])).encode()


def _whole(escape: re.Match[str]) -> str:
    return "\\ufffd" if escape["half"] else escape[0]


def _children(value: Any, hint: Any, place: str) -> Iterator[tuple[Any, Any, str]]:
    return (part[:3] for part in _parts(value, hint, place))


def _parts(value: Any, hint: Any, place: str) -> Iterator[tuple[Any, Any, str, Any, bool]]:
    """(child, its type, its place, its key, whether its parent is nothing without it)."""
    struct = _struct(value, hint)
    if struct is not None:
        for field in _fields(struct):
            if field.encode_name in value:
                at = f"{place}.{field.encode_name}" if place else field.encode_name
                yield value[field.encode_name], field.type, at, field.name, field.required
    elif is_array(value):
        for item in _items(hint):
            for index, child in enumerate(value):
                yield child, item, f"{place}[{index}]", index, False


def _entries(value: Any, hint: Any, place: str) -> Iterator[tuple[Any, Any, str, Any, bool]]:
    """The same for an object whose names are free. They are somebody's own, so none is in a place."""
    if is_object(value):
        for kind in _values(hint):
            for key, child in value.items():
                yield child, kind, place, key, False


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether it is what JSON calls an object."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Whether it is what JSON calls an array."""
    return isinstance(value, list)


def _missing(value: Any, hint: Any) -> Iterator[FieldInfo]:
    struct = _struct(value, hint)
    if struct is not None:
        yield from (field for field in _fields(struct) if field.required and field.encode_name not in value)


def _struct(value: Any, hint: Any) -> type[msgspec.Struct] | None:
    """The struct this object claims to be: by its tag where there is one."""
    if not is_object(value):
        return None
    for option in _structs(hint):
        config = option.__struct_config__
        kind = value.get(config.tag_field or "type")
        if isinstance(kind, msgspec.Raw):
            kind = _read(kind)
        if config.tag in (None, kind) and not issubclass(option, Unknown):
            return option
    return None


def fields_of(hint: Any) -> tuple[FieldInfo, ...]:
    """The fields of every struct that a type allows."""
    return tuple(field for struct in _structs(hint) for field in _fields(struct))


@cache
def _fields(struct: type[msgspec.Struct]) -> tuple[FieldInfo, ...]:
    return msgspec.structs.fields(struct)


@cache
def _structs(hint: Any) -> tuple[type[msgspec.Struct], ...]:
    return tuple(o for o in _options(hint) if isinstance(o, type) and issubclass(o, msgspec.Struct))


@cache
def _choices(hint: Any) -> list[str]:
    """The words that a closed type allows: those of a Literal, or the types that a union is told apart by."""
    words = [word for option in _options(hint) if get_origin(option) is Literal for word in get_args(option)]
    tags = [option.__struct_config__.tag for option in _structs(hint) if not issubclass(option, Unknown)]
    return [str(word) for word in (words or tags) if word is not None]


@cache
def _otherwise(hint: Any) -> str | None:
    """What is said of a `type` that is none of the choices, where the union itself says it."""
    metas = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((each.extra["otherwise"] for each in metas if each.extra and "otherwise" in each.extra), None)


@cache
def _items(hint: Any) -> tuple[Any, ...]:
    return tuple(get_args(option)[0] for option in _options(hint) if get_origin(option) in (list, Sequence))


@cache
def _values(hint: Any) -> tuple[Any, ...]:
    return tuple(get_args(option)[1] for option in _options(hint) if get_origin(option) is dict)


def _options(hint: Any) -> tuple[Any, ...]:
    if get_origin(hint) is Annotated:
        return _options(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return tuple(each for option in get_args(hint) for each in _options(option))
    return (hint,)

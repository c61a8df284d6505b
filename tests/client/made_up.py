"""Answers that a machine made up: good ones, from the types that are declared, and what a bad day makes of them.

said(T)              what the API might say of a T, as JSON values
damaged(value)       the same with one thing wrong somewhere
written(value)       its bytes; what JSON cannot say (depth, NaN, bytes that are no text) is written in there
unfit(value, T)      what of a value is not as it is declared: [] when all is
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec
from hypothesis import strategies as st

from parhelion.wire._wire import Kept, Unknown

Said = st.SearchStrategy[Any]
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)

WORDS = st.sampled_from(["a", "5f0000000000000000000001", "Grüße, ☀", "\U0001f600", "x" * 300, "", '"\\\n', "type"])
TIMES = st.sampled_from(
    ["2026-01-31T12:00:00.000Z", "2026-01-31T12:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"]
)
INTEGERS = st.sampled_from([0, 1, -1, 200, 2**53, 2**63, -(2**63)])
NUMBERS = st.sampled_from([0, 1, -1, 1.5, 0.1, 1e300, -1e-300])
ANYTHING = st.sampled_from([None, True, 0, "a", [], {}, [1, "a"], {"a": {"b": [None]}}, {"type": "text"}])

# What json.dumps writes as a string, and is then written otherwise.
OTHERWISE = {
    "\0deep array": b"[" * 3000 + b"]" * 3000,
    "\0deep object": b'{"a":' * 3000 + b"1" + b"}" * 3000,
    "\0unclosed": b"[" * 50,
    "\0NaN": b"NaN",
    "\0-Infinity": b"-Infinity",
    "\0out of range": b"1e999",
    "\0many digits": b"9" * 5000,
    "\0no UTF-8": b'"\xff\xc3("',
    "\0half a character": b'"\xed\xa0\xbd"',
    "\0half a pair": b'"\\ud83d and so"',
    "\0other half": b'"\\ude00"',
    "\0bare newline": b'"a\nb\x00"',
    "\0no escape": b'"\\q"',
    "\0nothing": b"",
}
# What JSON allows to be said.
ODD = [
    *(None, True, False, 0, -1, 1.5, 10**30, 2**64, -(2**70), "", "a", "\U0001f600", "9" * 400, "x" * 70_000),
    *([], [[]], [None], [{}], {}, {"type": None}, {"type": 1}, {"type": "hologram"}, {"type": "(unknown)"}),
    *({"type": "text"}, {"type": "(unknown)", "unknownType": "x", "fields": {}}, {"type": []}, {"": ""}),
    *("2026-02-30T00:00:00Z", "2026-01-01T00:00:00", "2026-01-01", "-1", "text", ["a"] * 300),
    {f"key {number}": number for number in range(300)},
]


def said(hint: Any) -> Said:
    """What the API might say of this type."""
    return st.deferred(lambda: _said(hint))


@cache
def _said(hint: Any) -> Said:
    options = _options(hint)
    if len(options) > 1:
        return st.one_of([_said(each) for each in options if not _is_unknown(each)])
    (one,) = options
    if get_origin(one) is Literal:
        return st.sampled_from(get_args(one))
    if get_origin(one) in (list, Sequence):
        return st.lists(said(get_args(one)[0]), max_size=3)
    if get_origin(one) is dict:
        return st.dictionaries(WORDS, said(get_args(one)[1]), max_size=3)
    if isinstance(one, type) and issubclass(one, msgspec.Struct):
        return _object(one)
    return {str: WORDS, datetime: TIMES, bool: st.booleans(), NoneType: st.none(), int: INTEGERS, float: NUMBERS}.get(
        one, ANYTHING
    )


def _object(struct: type[msgspec.Struct]) -> Said:
    fields = msgspec.structs.fields(struct)
    tag = struct.__struct_config__.tag
    always: dict[str, Said] = {} if tag is None else {"type": st.just(tag)}
    always |= {each.encode_name: said(each.type) for each in fields if each.required}
    perhaps = {each.encode_name: said(_without_none(each.type)) for each in fields if not each.required}
    return st.fixed_dictionaries(always, optional=perhaps)


class Items(NamedTuple):
    """A field of a struct that is a list: what it is called on the wire and here, and what it holds."""

    wire_name: str
    name: str
    type: Any


def items_of(hint: Any) -> list[Items]:
    """The lists that an object of this type has."""
    if not isinstance(hint, type) or not issubclass(hint, msgspec.Struct):
        return []
    return [
        Items(field.encode_name, field.name, get_args(option)[0])
        for field in msgspec.structs.fields(hint)
        for option in _options(field.type)
        if get_origin(option) is list
    ]


def _without_none(hint: Any) -> Any:
    left = tuple(each for each in _options(hint) if each not in (NoneType, msgspec.UnsetType))
    return Union[left]  # noqa: UP007 - made of a tuple


def _is_unknown(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Unknown)


def _options(hint: Any) -> tuple[Any, ...]:
    if get_origin(hint) is Annotated:
        return _options(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return tuple(each for option in get_args(hint) for each in _options(option))
    return (hint,)


class Place(NamedTuple):
    """Where in a value something stands."""

    holder: Any
    key: Any

    def now(self) -> Any:
        return self.holder[self.key]


def places(value: Any) -> Iterator[Place]:
    """Everything in a value."""
    if isinstance(value, (dict, list)):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield Place(value, key)
            yield from places(value[key])


def _put(what: Any) -> Callable[[Place], None]:
    def put(place: Place) -> None:
        place.holder[place.key] = deepcopy(what)

    return put


def _taken(place: Place) -> None:
    del place.holder[place.key]


def _doubled(place: Place) -> None:
    if isinstance(place.holder, list):
        place.holder.insert(place.key, deepcopy(place.now()))
    else:
        place.holder[f"\0again {place.key}"] = place.now()  # the same key, twice in one object


def _renamed(place: Place) -> None:
    if isinstance(place.now(), dict):
        place.now()["type"] = "hologram"
    else:
        place.holder[place.key] = "hologram"


def _wrapped(place: Place) -> None:
    place.holder[place.key] = [place.now()]


def _repeated(place: Place) -> None:
    place.holder[place.key] = [deepcopy(place.now()) for _ in range(50)]


def _in_a_string(place: Place) -> None:
    place.holder[place.key] = json.dumps(place.now())


def _swapped(place: Place) -> None:
    now = place.now()
    if isinstance(now, dict):
        place.holder[place.key] = list(now.values())
    elif isinstance(now, list):
        place.holder[place.key] = {str(index): each for index, each in enumerate(now)}
    else:
        place.holder[place.key] = {"value": now}


SHAPES: list[Callable[[Place], None]] = [_taken, _doubled, _renamed, _wrapped, _repeated, _in_a_string, _swapped]
VALUES = [_put(each) for each in ODD]
WRITTEN = [_put(each) for each in OTHERWISE]
BAD_DAYS = st.one_of(st.sampled_from(SHAPES), st.sampled_from(VALUES), st.sampled_from(WRITTEN))
# Those that leave it JSON, or what can be mended.
MENDED = [each for each in OTHERWISE if each not in {"\0unclosed", "\0bare newline", "\0no escape", "\0nothing"}]
HELD = st.one_of(st.sampled_from(SHAPES), st.sampled_from(VALUES), st.sampled_from([_put(each) for each in MENDED]))


@st.composite
def damaged(draw: st.DrawFn, value: Any, ways: Said = BAD_DAYS, most: int = 3) -> Any:
    """A copy of the value with something wrong, in up to so many places."""
    value = {"": deepcopy(value)}  # so that the whole has a place too
    for _ in range(draw(st.integers(1, most))):
        there = list(places(value))
        draw(ways)(draw(st.sampled_from(there)))
        value.setdefault("", None)
    return value[""]


def written(value: Any) -> bytes:
    """The value as the bytes of an answer."""
    body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass")
    if b"\\u0000" in body:
        body = body.replace(b"\\u0000again ", b"")
        for name, bytes_ in OTHERWISE.items():
            body = body.replace(json.dumps(name).encode(), bytes_)
    return body


@st.composite
def bodies(draw: st.DrawFn, hint: Any) -> bytes:
    """The body of an answer: as it should be, with something wrong in it, cut off, or nothing of the kind."""
    cast = draw(st.integers(0, 9))
    if cast == 0:
        return draw(st.binary(max_size=100))
    value = draw(said(hint))
    if cast == 1:
        return written(value)
    body = written(draw(damaged(value)))
    if cast == 2:
        return body[: draw(st.integers(0, len(body)))]
    if cast == 3:
        at = draw(st.integers(0, len(body)))
        return body[:at] + draw(st.binary(min_size=1, max_size=4)) + body[at + 1 :]
    if cast == 4:
        return draw(st.sampled_from([b"\xef\xbb\xbf", b" \n", b"<html>", b")]}',\n", b"\xff\xfe"])) + body
    return body


NOT_OURS = [
    *(
        b"",
        b"null",
        b"[]",
        b"{}",
        b"0",
        b'"no"',
        b"<html><body>Bad gateway</body></html>",
        b"\xff\xfe\x00",
        b"[" * 9999,
    ),
    *(b'{"errors":[]}', b'{"errors":null}', b'{"errors":{}}', b'{"errors":[42,null]}', b'{"errors":"no"}'),
    *(b'{"errors":[{"code":"user_not_found"}]}', b'{"errors":[{"title":"Gone"}]}', b'{"errors":[{"message":"no"}]}'),
    *(b'{"errors":[{"code":1,"title":null}]}', b'{"errors":[{"code":"\xff","title":"\\ud83d"}]}'),
    *(b'{"error":{"code":"x","description":"of the first version"}}', b'{"errors":[{"code":"a","title":"b"}'),
    *(b'{"errors":[' + b'{"code":"a","title":"b"},' * 500 + b'{"code":"a","title":"b"}]}', b"x" * 100_000),
]
LATER = [
    *("0", "1", "30", "31", "-1", "1.5", "1e3", "9" * 400, "99999999999", "²", "soon", " ", "0x10", "١"),
    *("Thu, 01 Jan 2026 12:00:05 GMT", "Thu, 01 Jan 9999 00:00:00 GMT", "Thu, 01 Jan 0000 00:00:00 GMT"),
    *("Thu, 99 Foo 2026 99:99:99 GMT", "Mon, 01 Jan 2026 00:00:00 +9999", "Mon, 01 Jan 2026 00:00:00 -0000"),
    *("Thu, 01 Jan 2026", ",", "1 Jan", "Thu,", "2026-01-01T00:00:00Z", "9" * 5000, "Thu, 01 Jan 99999999999 0:0:0"),
]
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "content-type": st.sampled_from(["application/json", "text/html", "", ";", "a/b; charset=\xff", "x" * 9000]),
        "retry-after": st.sampled_from(LATER),
        "date": st.sampled_from(LATER),
        "location": st.sampled_from(["https://example.org/x", "", "//", "http://[", "\xe9"]),
        "idempotency-key-ttl": st.sampled_from(["86400", "0", "-1", "x", "9" * 400, "²"]),
        "x-request-id": st.sampled_from(["r1", "", "\xff"]),
        "content-length": st.sampled_from(["-1", "x", "5, 5"]),
        "": st.just(""),
    },
)
STATUSES = st.one_of(
    st.sampled_from([200, 201, 204, 301, 302, 307, 400, 401, 404, 408, 409, 410, 413, 422, 423, 429, 500, 501, 503]),
    st.sampled_from([0, -1, 99, 100, 101, 199, 299, 599, 600, 999, 10**9]),
    st.integers(100, 599),
)


def unfit(value: Any, hint: Any, at: str = "") -> list[str]:
    """Where a value is not of its type. Limits and closed words bind who sends: they are not looked at."""
    options = _options(hint)
    if any(_fits(value, each) for each in options):
        inner = next(each for each in options if _fits(value, each))
        return list(_unfit_inside(value, inner, at))
    return [f"{at or 'it'} is {value!r:.80}, not {hint}"]


def _fits(value: Any, hint: Any) -> bool:
    origin = get_origin(hint)
    if hint is Any:
        return True
    if origin is Literal:
        return type(value) in {type(each) for each in get_args(hint)}
    if origin is not None:
        return isinstance(value, origin)
    if hint is datetime:
        return isinstance(value, datetime) and value.tzinfo is not None
    if hint in (int, float, str, bool, NoneType):
        return type(value) is hint and not (hint is float and not math.isfinite(value))
    return type(value) is hint


def _unfit_inside(value: Any, hint: Any, at: str) -> Iterator[str]:
    if isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(value):
            yield from unfit(getattr(value, field.name), field.type, f"{at}.{field.name}")
    elif isinstance(value, list) and get_origin(hint) in (list, Sequence):
        for index, each in enumerate(value):
            yield from unfit(each, get_args(hint)[0], f"{at}[{index}]")
    elif isinstance(value, dict) and not isinstance(value, Kept) and get_origin(hint) is dict:
        for key, each in value.items():
            yield from unfit(each, get_args(hint)[1], f"{at}[{key!r}]")


def smallest(hint: Any) -> Any:
    """An argument of this type, with no more in it than there has to be."""
    (one, *_) = _options(hint)
    if get_origin(one) is Literal:
        return get_args(one)[0]
    if get_origin(one) in (list, Sequence):
        metas = [each for each in get_args(hint)[1:] if isinstance(each, msgspec.Meta)]
        return [smallest(get_args(one)[0])] if any(each.min_length for each in metas) else []
    if get_origin(one) is dict:
        return {}
    if isinstance(one, type) and issubclass(one, msgspec.Struct):
        return one(**{each.name: smallest(each.type) for each in msgspec.structs.fields(one) if each.required})
    return {str: "a" * 24, bytes: b"%PDF-", int: 1, float: 1.0, bool: True, datetime: NOON}.get(one, "a" * 24)

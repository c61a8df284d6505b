"""Masking: numbers of payment cards, in what people read, keep their last four digits only.

    "4111 1111 1111 1111"  ->  "**** **** **** 1111"

A card's number is 13 to 19 digits of which the last one proves the others (Luhn), in groups with a space or a dash
between. It may stand among other groups, as with a date behind it; then it is told by how such numbers are printed.
Digits that belong to an address, a telephone number (+49...), a word or a longer number are none of it.

What programs read (addresses, payloads, names of form fields, metadata, templates) is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, TypeVar

import msgspec

from ...wire import (
    Buy,
    CarouselMessage,
    FieldOption,
    FileMessage,
    FormField,
    FormMessage,
    ImageMessage,
    Item,
    Link,
    ListMessage,
    LocationMessage,
    LocationRequest,
    Place,
    Postback,
    Reply,
    TextMessage,
    Webview,
)
from ...wire.reading import is_array

T = TypeVar("T")

SHORTEST, LONGEST, KEPT = 13, 19, 4
# How the numbers of cards are printed, by the digits of each group.
PRINTED = {
    *((4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4), (4, 4, 5), (6, 13)),
    *((several,) for several in range(SHORTEST, LONGEST + 1)),
}
FIRST_GROUPS, MOST_GROUPS = {groups[0] for groups in PRINTED}, max(map(len, PRINTED))

_SUSPECT = re.compile("[0-9][0-9 -]{12}")  # every message is searched: this is as much as is cheap
_SUSPECT_WRITTEN = re.compile(_SUSPECT.pattern.encode())
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]{0,30}://|mailto:|tel:)\S+", re.IGNORECASE)
_GROUP = r"(?<![0-9A-Za-z+])(?<![0-9]\.)[0-9]+(?![0-9A-Za-z])"  # neither a fraction's nor a word's
_RUN = re.compile(rf"{_GROUP}(?:[ -]{_GROUP})*")
_DIGITS = re.compile("[0-9]+")
_DIGIT = re.compile("[0-9]")
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|</?([a-zA-Z][a-zA-Z0-9]*+)[^<>]*+>"
    r"|&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});?",
    re.DOTALL,
)
_WITHIN_A_LINE = frozenset(
    "a abbr b bdi bdo cite code del dfn em font i ins kbd mark q s small span strong sub sup u wbr".split()  # noqa: SIM905
)

# What people read of each thing; the rest is for programs.
READ: dict[type, tuple[str, ...]] = {
    TextMessage: ("text", "html_text", "actions"),
    ImageMessage: ("text", "html_text", "alt_text", "actions"),
    FileMessage: ("text", "html_text", "alt_text"),
    CarouselMessage: ("text", "items"),
    ListMessage: ("text", "items", "actions"),
    Item: ("title", "description", "alt_text", "actions"),
    FormMessage: ("text", "fields"),
    FormField: ("label", "placeholder", "text", "select", "options"),
    FieldOption: ("label",),
    LocationMessage: ("location",),
    Place: ("name", "address"),
    **dict.fromkeys((Buy, Link, LocationRequest, Postback, Reply, Webview), ("text",)),
}


def suspicious(written: bytes) -> bool:
    """Whether there may be a number of a card in a content, by its JSON: every message is looked at."""
    return _SUSPECT_WRITTEN.search(written) is not None or b"htmlText" in written


def masked(said: T) -> T:
    """The same content with the numbers of cards masked; the very same object where there is none."""
    if is_array(said):
        several = [masked(each) for each in said]
        return said if all(new is old for new, old in zip(several, said, strict=True)) else several  # type: ignore[return-value]  # a list for a list
    changed: dict[str, Any] = {}
    for name in READ.get(type(said), ()):
        value = getattr(said, name)
        if value is None:
            continue
        if not isinstance(value, str):
            new = masked(value)
        elif name == "html_text":
            new = masked_html(value)
        else:
            new = masked_text(value)
        if new is not value:
            changed[name] = new
    return msgspec.structs.replace(said, **changed) if changed else said  # type: ignore[type-var]  # of READ, so a struct


def masked_text(text: str) -> str:
    """Plain text with the numbers of cards masked."""
    if _SUSPECT.search(text) is None:
        return text
    characters = list(text)
    hidden = False
    for place in _hidden(text):
        characters[place], hidden = "*", True
    return "".join(characters) if hidden else text


def masked_html(html: str) -> str:
    """HTML with the numbers of cards masked, also where tags or character references stand between their digits."""
    if len(_DIGIT.findall(html)) < SHORTEST:
        return html
    shown, places = _shown(html)
    out: list[str] = []
    end = 0
    for place in _hidden(shown):
        start, after = places[place]
        out += (html[end:start], "*")
        end = after
    return "".join((*out, html[end:])) if out else html


def _shown(html: str) -> tuple[str, list[tuple[int, int]]]:
    """The characters that HTML shows, and where each of them is written."""
    shown: list[str] = []
    places: list[tuple[int, int]] = []

    def literally(start: int, end: int) -> None:
        shown.append(html[start:end])
        places.extend((place, place + 1) for place in range(start, end))

    end = 0
    for match in _MARKUP.finditer(html):
        literally(end, match.start())
        end = match.end()
        if match[0].startswith("&"):
            meant = unescape(match[0]).replace("\xa0", " ")
        elif match[1] is None or match[1].lower() in _WITHIN_A_LINE:
            continue
        else:
            meant = "\n"
        shown.append(meant)
        places.extend([match.span()] * len(meant))
    literally(end, len(html))
    return "".join(shown), places


def _hidden(text: str) -> Iterator[int]:
    """Where the digits are that must not be seen, first to last."""
    start = 0
    for address in _ADDRESS.finditer(text):
        yield from _hidden_between(text, start, address.start())
        start = address.end()
    yield from _hidden_between(text, start, len(text))


def _hidden_between(text: str, start: int, end: int) -> Iterator[int]:
    for run in _RUN.finditer(text, start, end):
        groups = [(match.start(), match[0].encode()) for match in _DIGITS.finditer(text, *run.span())]
        sizes = [len(digits) for _, digits in groups]
        first = 0
        while first < len(groups):
            last = _card(groups, sizes, first)
            if last is None:
                first += 1
                continue
            places = [place + number for place, digits in groups[first:last] for number in range(len(digits))]
            yield from places[:-KEPT]
            first = last


def _card(groups: list[tuple[int, bytes]], sizes: list[int], first: int) -> int | None:
    """Where the card's number ends that begins with the group `first`, if one does. The longest one counts."""
    if first == 0 and SHORTEST <= sum(sizes) <= LONGEST and _proven(groups):
        return len(groups)  # all of a run may be one number, however it is grouped
    if sizes[first] not in FIRST_GROUPS:
        return None
    for last in range(first + MOST_GROUPS, first, -1):
        if tuple(sizes[first:last]) in PRINTED and _proven(groups[first:last]):
            return min(last, len(groups))
    return None


_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")  # with the digits of a sum of two added up


def _proven(groups: list[tuple[int, bytes]]) -> bool:
    """Luhn: every second digit from the right counts twice."""
    digits = b"".join([digits for _, digits in groups])
    total = sum(digits[::-2]) + sum(digits[-2::-2].translate(_DOUBLED))
    return (total - len(digits) * ord("0")) % 10 == 0

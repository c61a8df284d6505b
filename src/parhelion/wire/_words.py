"""What msgspec says of a fault, in words for people: in the manner of the hosted service's "should have ..."."""

from __future__ import annotations

import re
from collections.abc import Callable

_TYPES = {
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
    "array": "an array",
    "object": "an object",
    "datetime": "a date-time",
    # What msgspec calls them once they are no JSON any more.
    "NoneType": "null",
    "list": "an array",
    "dict": "an object",
}
_COUNTED = {"str": "character", "array": "item"}
_BOUND = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}


def _kinds(said: str) -> str:
    kinds = [_TYPES.get(kind, kind) for kind in said.split(" | ") if kind != "null"]
    if {"an integer", "a number"} <= set(kinds):
        kinds.remove("an integer")
    return " or ".join(kinds) or "null"


# Compiled when they are needed: a program that only reads good answers never does.
_SENTENCES: list[tuple[str, Callable[[re.Match[str]], str]]] = [
    (
        r"Expected `([^`]+)`, got `([^`]+)`",
        lambda found: f"should be {_kinds(found[1])}, not {_kinds(found[2])}",
    ),
    (
        r"Expected `(str|array)(?: \| null)?` of length ([<>]=) (\d+)",
        lambda found: f"should have {_BOUND[found[2]]} {found[3]} {_COUNTED[found[1]]}{'s' * (found[3] != '1')}",
    ),
    (
        r"Expected `(?:int|float)(?: \| null)?` ([<>]=?) (\S+)",
        lambda found: f"should be {_BOUND[found[1]]} {found[2]}",
    ),
    (r"Object missing required field `(.+)`", lambda found: f"should have required property '{found[1]}'"),
    (r"Invalid RFC3339 encoded datetime", lambda _: "should be a date-time such as 2026-01-31T12:00:00Z"),
    (
        r"Expected `datetime` with a timezone component",
        lambda _: "should be a date-time with a time zone, such as 2026-01-31T12:00:00Z",
    ),
    (r"Expected `str(?: \| null)?` matching regex .*", lambda _: "is not well-formed"),
    (r"Input data was truncated", lambda _: "JSON is malformed: it ends too early"),
]


def in_words(said: str, choices: list[str]) -> str:
    """The same for people. `choices` are the words that would have been right, where there is a closed number."""
    if said.startswith(("Invalid enum value", "Invalid value")) and choices:
        return f"should be one of {', '.join(choices)}; {said.partition('value ')[2]} is not"
    for pattern, sentence in _SENTENCES:
        if found := re.fullmatch(pattern, said):
            return sentence(found)
    return said

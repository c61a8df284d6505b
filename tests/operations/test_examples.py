"""Every example of the specification goes through our shapes and comes out the same, but for what is named here.

Bodies are read strictly, as the server reads them; answers and what webhooks bring tolerantly, as a client reads them.
A body that the specification shows no example of is put together from the examples of its fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from types import NoneType
from typing import Any, NamedTuple

import pytest

from parhelion.operations import operations
from parhelion.wire import ApiError, Envelope, Errors
from parhelion.wire.reading import strict, tolerant
from parhelion.wire.writing import write
from tests.operations.compared import Entry, entries, fits, official
from tests.operations.facts import follow

# What comes out differently, "operation what place: theirs -> ours", by reason. `*` is anything.
DIFFERENT = {
    "only examples show these; no schema has them": [
        "* user*.hasPaymentInfo: false -> -",
        "* user*.profile.localeOrigin: * -> -",
        'PostMessage 201 messages[].content.items[].actions[].uri: "" -> -',
    ],
    "a stray quote in the key": ['PostMessage 201 messages[].content.text": * -> -'],
    "what the server takes anyway is not said: the default of a new one": [
        "CreateSwitchboardIntegration body deliverStandbyEvents: true -> -",
    ],
}
PATTERNS = [pattern for patterns in DIFFERENT.values() for pattern in patterns]
JSON = "application/json"
TABLE = {each.operation_id: each for each in operations()}


class Example(NamedTuple):
    operation: str
    what: str  # "body", "events" or the status of an answer
    name: str
    value: Any

    def __str__(self) -> str:
        return f"{self.operation} {self.what} {self.name}"


def examples(document: Any) -> Iterator[Example]:
    for name, entry in entries(document).items():
        body = entry.body()
        shown = list(named(entry, body)) or list(put_together(entry, body))
        yield from (Example(name, "body", each, value) for each, value in shown)
        for status, answer in entry.said["responses"].items():
            yield from (Example(name, status, each, value) for each, value in named(entry, answer))
    for path in document["x-webhooks"].values():
        entry = Entry(document, "post", "", path["post"], [])
        shown = named(entry, entry.body())
        yield from (Example(entry.said["operationId"], "events", each, value) for each, value in shown)


def named(entry: Entry, holder: Any) -> Iterator[tuple[str, Any]]:
    for name, example in holder.get("content", {}).get(JSON, {}).get("examples", {}).items():
        yield name, follow(entry.document, example)["value"]


def put_together(entry: Entry, body: Any) -> Iterator[tuple[str, Any]]:
    """A body made of the examples of its fields; where there are several kinds of body, one of each."""
    if JSON in body.get("content", {}):
        schema = follow(entry.document, body["content"][JSON]["schema"])
        for kind in schema.get("oneOf", [schema]):
            value = of_fields(entry.document, kind)
            yield value.get("type", "fields"), value


def of_fields(document: Any, schema: Any) -> Any:
    schema = follow(document, schema)
    if schema.get("readOnly"):
        return None
    parts = [of_fields(document, each) for each in schema.get("allOf", ())]
    whole = [schema["example"]] if "example" in schema else [each for each in parts if not isinstance(each, dict)]
    if any(each is not None for each in whole):
        return whole[0]
    found = {key: value for part in parts if part for key, value in part.items()}
    for name, child in schema.get("properties", {}).items():
        value = of_fields(document, child)
        if value not in (None, {}):
            found[name] = value
    if found and "default" in schema.get("properties", {}).get("type", {}):
        found["type"] = schema["properties"]["type"]["default"]
    return found


EXAMPLES = list(examples(official())) if official() else []
needs_examples = pytest.mark.skipif(not EXAMPLES, reason="the specification is not at hand")


def changes(example: Example) -> list[str]:
    """What is not the same after reading and writing."""
    operation, raw = TABLE.get(example.operation), json.dumps(example.value).encode()
    if operation is None:
        value = tolerant(raw, Envelope)
    elif example.what == "body":
        [hint] = [each.type for each in operation.parameters if each.place == "body"]
        value = strict(raw, hint)
    elif example.what[0] == "2":
        value = None if operation.returns is NoneType else tolerant(raw, operation.returns)
    else:
        value = tolerant(raw, Errors)
    after = {} if value is None else json.loads(write(value))
    where = f"{example.operation} {example.what}"
    return [f"{where} {place}: {one} -> {other}" for place, one, other in compared(example.value, after, "")]


def compared(one: Any, other: Any, place: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*one, *other]):
            yield from compared(one.get(key, ...), other.get(key, ...), f"{place}.{key}" if place else key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for left, right in zip(one, other, strict=True):
            yield from compared(left, right, f"{place}[]")
    elif one != other and not (moment(one) and moment(one) == moment(other)):
        yield place, shown(one), shown(other)


def moment(value: Any) -> datetime | None:
    """Moments are compared, not how many zeros they are written with."""
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def shown(value: Any) -> str:
    return "-" if value is ... else json.dumps(value)


@needs_examples
@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_comes_out_as_it_went_in(example: Example) -> None:
    assert [line for line in changes(example) if not any(fits(line, pattern) for pattern in PATTERNS)] == []


@needs_examples
@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_difference_is_named_that_is_none(pattern: str) -> None:
    assert any(fits(line, pattern) for example in EXAMPLES for line in changes(example))


@needs_examples
def test_no_example_is_left_out() -> None:
    used = json.dumps([each.value for each in EXAMPLES])
    for name, example in official()["components"]["examples"].items():
        assert json.dumps(example["value"]) in used, name


@needs_examples
@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.what[0] == "4"], ids=str)
def test_every_refusal_shown_is_one_that_we_know_by_its_code(example: Example) -> None:
    errors = tolerant(json.dumps(example.value).encode(), Errors).errors
    known = ApiError.of(int(example.what), errors, {}, b"", expected=TABLE[example.operation].errors)
    assert (type(known).status, type(known).code) == (int(example.what), errors[0].code)

"""Two OpenAPI documents compared: every difference as one line, "theirs -> ours".

PostMessage sent author.subtypes[] enum: AI|activity|agent|bot -> AI|activity
ListApps query filter.serviceAccountId: there -> -
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.operations.facts import Direction, Facts, facts, follow

FILE = Path(__file__).parents[3] / "shared" / "reference" / "openapi-17.12.1.yaml"
METHODS = ("get", "post", "patch", "put", "delete")
# Of an answer only what it may hold is compared: limits and closed words are for who sends (decision 0005).
BINDING = {"enum", "default", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "uniqueItems"}
BINDING |= {"pattern", "nullable", "readOnly", "writeOnly"}


@cache
def official() -> Any:
    """The official specification, or None where it is not at hand."""
    if not FILE.exists():
        return None
    return yaml.load(FILE.read_text(encoding="utf-8"), yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader)


def fits(line: str, pattern: str) -> bool:
    """Whether a pattern explains a difference: `*` is anything."""
    return _expression(pattern).fullmatch(line) is not None


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*"))


class Entry(NamedTuple):
    """An operation of a document."""

    document: Any
    method: str
    path: str
    said: Any
    parameters: list[Any]

    @property
    def scopes(self) -> list[str]:
        security = self.said.get("security", [])
        return sorted({scope for way in security for scopes in way.values() for scope in scopes})

    @property
    def errors(self) -> set[str]:
        return {status for status in self.said["responses"] if status[0] in "45"}

    @property
    def success(self) -> str:
        return next(status for status in self.said["responses"] if status[0] in "23")

    def body(self) -> dict[str, Any]:
        return dict(follow(self.document, self.said.get("requestBody", {})))

    def sent(self) -> Facts:
        return self._first(self.body(), "sent")

    def answered(self) -> Facts:
        return self._first(follow(self.document, self.said["responses"][self.success]), "answered")

    def asked(self, place: str) -> Facts:
        found: Facts = {}
        for parameter in self.parameters:
            if parameter["in"] == place:
                name, below = parameter["name"], facts(self.document, parameter["schema"], "sent")
                found |= {f"{name}.{path}" if path else name: each for path, each in below.items()}
                if parameter.get("required"):
                    found[name]["required"] = True
                if place == "query" and "style" in parameter:
                    found[name]["style"] = parameter["style"]
        return found

    def _first(self, holder: Any, direction: Direction) -> Facts:
        for content in holder.get("content", {}).values():
            return facts(self.document, content["schema"], direction)
        return {}


def entries(document: Any) -> dict[str, Entry]:
    """The operations of a document by their ids."""
    found: dict[str, Entry] = {}
    for path, node in document["paths"].items():
        for method in METHODS:
            if method in node:
                said = node[method]
                parameters = [*node.get("parameters", ()), *said.get("parameters", ())]
                parameters = [follow(document, each) for each in parameters]
                found[said["operationId"]] = Entry(document, method, path, said, parameters)
    return found


def differences(name: str, theirs: Entry, ours: Entry) -> Iterator[str]:
    """Everything that the two say differently of one operation."""
    for what, one, other in (
        ("scopes", theirs.scopes, ours.scopes),
        ("success", theirs.success, ours.success),
        ("body required", theirs.body().get("required"), ours.body().get("required")),
        ("body types", sorted(theirs.body().get("content", ())), sorted(ours.body().get("content", ()))),
    ):
        if (one or None) != (other or None):
            yield f"{name} {what}: {_shown(one)} -> {_shown(other)}"
    for status in sorted(theirs.errors ^ ours.errors):
        yield f"{name} error {status}: {_is(status in theirs.errors)} -> {_is(status in ours.errors)}"
    for place in ("path", "query", "header"):
        yield from _lines(f"{name} {place}", theirs.asked(place), ours.asked(place), set())
    yield from _lines(f"{name} sent", theirs.sent(), ours.sent(), set())
    yield from _lines(f"{name} answered", theirs.answered(), ours.answered(), BINDING)


def _lines(where: str, theirs: Facts, ours: Facts, ignored: set[str]) -> Iterator[str]:
    for path in dict.fromkeys([*theirs, *ours]):
        at = f"{where} {path}" if path else where
        if path not in theirs or path not in ours:
            if not any(path.startswith((f"{above}.", f"{above}[")) for above in theirs.keys() ^ ours.keys()):
                yield f"{at}: {_is(path in theirs)} -> {_is(path in ours)}"
            continue
        for keyword in dict.fromkeys([*theirs[path], *ours[path]]):
            one, other = theirs[path].get(keyword), ours[path].get(keyword)
            if one != other and keyword not in ignored:
                yield f"{at} {keyword}: {_shown(one)} -> {_shown(other)}"


def _is(there: bool) -> str:
    return "there" if there else "-"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(map(str, value)) or "-"
    return "-" if value is None else str(value)

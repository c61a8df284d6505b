"""The reference to read, from the OpenAPI document: one page that needs nothing but itself.

    about | operations by tag: what it does, what it takes, what it answers, how to ask | shapes | refusals

What one operation alone sends or answers is told where it is; what several share is told once, among the shapes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..html import COLOURS, Html, of, policy, tag, whole
from .samples import JSON, curl, follow, refers_to

STYLE = (
    COLOURS
    + """
html{scroll-padding-top:1rem}
.all{display:grid;grid-template-columns:17rem minmax(0,1fr);max-width:76rem;margin:0 auto}
nav{position:sticky;top:0;max-height:100vh;overflow:auto;padding:1.25rem 1rem;font-size:.9rem;align-self:start}
nav ul{list-style:none;margin:0 0 .5rem;padding:0 0 0 .75rem}
nav a{display:block;padding:.15rem 0;color:var(--ink);text-decoration:none;overflow-wrap:anywhere}
nav a:hover{color:var(--sun);text-decoration:underline}
summary{cursor:pointer;font-weight:600;padding:.2rem 0}
main{padding:1.25rem 1.25rem 6rem;min-width:0}
h1{font-size:1.8rem;margin:.2rem 0}
h2{font-size:1.4rem;margin:3rem 0 .25rem;border-bottom:2px solid var(--sun);padding-bottom:.3rem}
h3{font-size:1.08rem;margin:0 0 .5rem;line-height:1.4;overflow-wrap:anywhere}
h4{font-size:.8rem;text-transform:uppercase;letter-spacing:.06em;color:var(--soft);margin:1.2rem 0 .3rem}
article{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.1rem 1.2rem;margin:1rem 0}
article:target{border-color:var(--sun);box-shadow:0 0 0 2px var(--sun)}
p{margin:.5rem 0}
pre{background:var(--code);border-radius:8px;padding:.7rem .9rem;overflow-x:auto;font-size:.82rem;line-height:1.45;
margin:.5rem 0}
code{font-size:.88em;background:var(--code);border-radius:4px;padding:.05em .3em;overflow-wrap:anywhere}
pre code{background:none;padding:0;font-size:1em;overflow-wrap:normal}
.at{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.88rem;overflow-wrap:anywhere}
.at b{color:var(--sun)}
dl{margin:.3rem 0;display:grid;grid-template-columns:minmax(8rem,max-content) minmax(0,1fr);gap:.3rem 1rem}
dt{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.86rem;overflow-wrap:anywhere}
dt i{font-style:normal;color:var(--bad)}
dd{margin:0;font-size:.93rem;overflow-wrap:anywhere}
.soft{color:var(--soft);font-size:.88rem}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem}
@media(max-width:52rem){.all{display:block}nav{position:static;max-height:none;border-bottom:1px solid var(--line)}
dl{grid-template-columns:1fr;gap:0}dd{margin:0 0 .5rem}main{padding:1rem .8rem 4rem}article{padding:.9rem}}
@media print{nav{display:none}.all{display:block}article{break-inside:avoid}}
"""
)
POLICY = policy(STYLE, "form-action 'none'")
LIMITS = (
    ("minLength", "maxLength", "character"),
    ("minItems", "maxItems", "item"),
    ("minimum", "maximum", ""),
    ("exclusiveMinimum", "exclusiveMaximum", ""),
)
SPELLED = {"Api": "API", "SDK": "SDK"}
KINDS = {"string": "text", "integer": "whole number", "boolean": "true or false"}


def manual(document: Any) -> bytes:
    """The page."""
    return _Manual(document).page()


class _Manual:
    def __init__(self, document: Any) -> None:
        self.document = document
        self.schemas: dict[str, Any] = document["components"]["schemas"]
        uses = Counter(refers_to([document["paths"], self.schemas]))
        ends = [_schemas_of(operation) for _, _, operation in self._operations()]
        self.at_home = {name for named in ends for name in named if uses[name] == 1}

    def page(self) -> bytes:
        about = self.document["info"]
        main = tag(
            "main",
            tag("h1", f"{about['title']} {about['version']}"),
            *_prose(about["description"]),
            tag("p", "The same for programs: ", tag("a", "openapi.json", href="openapi.json"), "."),
            *(each for said in self.document["tags"] for each in self._section(said)),
            tag("h2", "Shapes", id="shapes"),
            *(self._shape(name) for name in sorted(self.schemas) if name not in self.at_home),
            tag("h2", "Refusals", id="refusals"),
            tag("p", "What every operation may be refused with, beside what it says itself."),
            *(self._refusal(name, each) for name, each in self.document["components"]["responses"].items()),
            id="main",
        )
        skip = tag("a", "To the text", href="#main", class_="skip")
        return whole(f"{about['title']}: what can be asked", STYLE, skip, tag("div", self._nav(), main, class_="all"))

    def _operations(self) -> Iterator[tuple[str, str, Any]]:
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield path, method, operation

    def _of(self, name: str) -> list[tuple[str, str, Any]]:
        return [each for each in self._operations() if name in each[2]["tags"]]

    def _nav(self) -> Html:
        groups = [
            tag(
                "details",
                tag("summary", _spaced(said["name"])),
                tag(
                    "ul",
                    *(
                        tag("li", tag("a", _spaced(each["operationId"]), href=f"#{each['operationId']}"))
                        for _, _, each in self._of(said["name"])
                    ),
                ),
            )
            for said in self.document["tags"]
        ]
        ends = [tag("a", name.capitalize(), href=f"#{name}") for name in ("shapes", "refusals")]
        return tag("nav", *groups, *ends, aria_label="Operations")

    def _section(self, said: Any) -> Iterator[Html]:
        yield tag("h2", _spaced(said["name"]), id=said["name"])
        yield from _prose(said["description"])
        for path, method, operation in self._of(said["name"]):
            yield self._operation(path, method, operation)

    def _operation(self, path: str, method: str, operation: Any) -> Html:
        scopes = sorted({scope for way in operation["security"] for scopes in way.values() for scope in scopes})
        asked = " or ".join(scopes) + " credentials" if scopes else "no credentials"
        given = [follow(self.document, each) for each in operation["parameters"]]
        return tag(
            "article",
            tag("h3", *_inline(operation["summary"])),
            tag("p", tag("b", method.upper()), f" {path}", class_="at"),
            tag("p", f"{operation['operationId']}, with {asked}", class_="soft"),
            *_prose(operation["description"]),
            *_titled("Parameters", self._parameters(given)),
            *_titled("Body", self._body(operation)),
            *_titled("Answer", self._answers(operation)),
            *_titled("curl", tag("pre", tag("code", curl(self.document, path, method, operation)), tabindex="0")),
            id=operation["operationId"],
        )

    def _parameters(self, given: list[Any]) -> Html | None:
        shown = [
            (each["name"], each["required"], of(each["description"], self._limited(each["schema"])))
            for each in given
            if each["name"] != "appId" and each["in"] != "header"
        ]
        return _fields(shown)

    def _body(self, operation: Any) -> Html | None:
        content = operation.get("requestBody", {}).get("content", {})
        if not content:
            return None
        if JSON not in content:
            return tag("p", "A form (multipart/form-data) with the file as its part ", tag("code", "source"), ".")
        may = None if operation["requestBody"]["required"] else tag("p", "It may be left out.")
        also = tag("p", "A form (application/x-www-form-urlencoded) will do too.") if len(content) > 1 else None
        return of(self._inside(content[JSON]["schema"], always=True), may, also)

    def _answers(self, operation: Any) -> Html:
        shown: list[Html | str] = []
        shared: list[Html | str] = []
        for status, said in operation["responses"].items():
            if "$ref" in said:
                name = said["$ref"].rpartition("/")[2]
                shared.append(of(", " if shared else None, tag("a", status, href=f"#{name}")))
                continue
            schema = said["content"].get(JSON, {}).get("schema", {})
            good = JSON in said["content"] and status[0] == "2" and "$ref" in schema
            shown.append(tag("p", tag("b", status), *([] if good else [" ", *_reasons(said["description"])])))
            if good:
                shown.append(self._inside(schema))
        return of(*shown, tag("p", "Also ", *shared, ".", class_="soft") if shared else None)

    def _inside(self, schema: Any, *, always: bool = False) -> Html:
        """The fields, where they are told nowhere else; otherwise where they are told."""
        name = schema.get("$ref", "").rpartition("/")[2]
        if name in self.at_home or (name and always):
            return of(*_prose(self.schemas[name].get("description", "")), self._fields_of(self.schemas[name]))
        return tag("p", self._kind(schema))

    def _shape(self, name: str) -> Html:
        schema = self.schemas[name]
        said = [*_prose(schema.get("description", "")), self._fields_of(schema)]
        return tag("article", tag("h3", name), *said, id=f"s-{name}")

    def _refusal(self, name: str, said: Any) -> Html:
        return tag("article", tag("h3", _spaced(name)), tag("p", *_reasons(said["description"])), id=name)

    def _fields_of(self, schema: Any) -> Html | None:
        required = schema.get("required", ())
        fields = schema.get("properties", {}).items()
        return _fields([(name, name in required, self._field(each, name in required)) for name, each in fields])

    def _field(self, schema: Any, required: bool) -> Html:
        null = {"type": "null"} in schema.get("anyOf", ()) and not required and "default" not in schema
        return of(self._kind(schema), "; null takes it away" if null else None)

    def _limited(self, schema: Any) -> Html | None:
        """What a parameter is, where it is more than any text."""
        kind = self._kind(schema)
        return None if kind == KINDS["string"] else of(" Given as ", kind, ".")

    def _kind(self, schema: Any) -> Html:
        """What a value is, in words, with its limits."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return tag("a", name, href=f"#s-{name}")
        options = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
        words = schema.get("enum")
        if options:
            said = _among(self._kind(each) for each in options)
        elif words:
            said = _among(tag("code", str(word)) for word in words)
        elif schema.get("type") == "array":
            said = of("list of ", self._kind(schema["items"]))
        elif schema.get("type") == "object":
            more = schema.get("additionalProperties")
            said = of("object of ", self._kind(more)) if isinstance(more, dict) and more else of("object")
        elif schema.get("format") == "date-time":
            said = of("date and time")
        else:
            said = of(KINDS.get(schema.get("type", ""), schema.get("type", "anything")))
        default = schema.get("default")
        told = [*_limits(schema), *([] if default in (None, [], {}) else [f"default {default}"])]
        return of(said, f" ({', '.join(told)})" if told else None)


def _schemas_of(operation: Any) -> list[str]:
    """What the operation itself sends and answers."""
    said = [operation.get("requestBody", {}), *operation["responses"].values()]
    contents = [each["content"][JSON]["schema"] for each in said if JSON in each.get("content", {})]
    return [each["$ref"].rpartition("/")[2] for each in contents if "$ref" in each]


def _fields(shown: list[tuple[str, bool, Html]]) -> Html | None:
    if not shown:
        return None
    pairs = [
        of(tag("dt", name, tag("i", " *", title="required") if must else None), tag("dd", about))
        for name, must, about in shown
    ]
    return tag("dl", *pairs)


def _titled(title: str, said: Html | None) -> tuple[Html, ...]:
    return (tag("h4", title), said) if said else ()


def _limits(schema: Any) -> Iterator[str]:
    for low, high, what in LIMITS:
        least, most = schema.get(low), schema.get(high)
        unit = f" {what}s" if what else ""
        if least is not None and most is not None:
            yield f"{least} to {most}{unit}" if least != most else f"{least}{unit}"
        elif most is not None:
            yield f"at most {most}{unit}"
        elif least is not None:
            yield f"more than {least}" if low.startswith("exclusive") else f"at least {least}{unit}"
    if "pattern" in schema:
        yield f"like {schema['pattern']}"


def _among(said: Iterator[Html]) -> Html:
    parts = list(dict.fromkeys(said))
    return of(*(of(" or " if number else None, each) for number, each in enumerate(parts)))


def _prose(text: str) -> Iterator[Html]:
    """Paragraphs and indented code, as docstrings have them."""
    for block in re.split(r"\n\n+(?! )|(?<=[^\n])\n\n+(?=    \S)", text.strip("\n")):
        if block.startswith("    "):
            yield tag("pre", tag("code", re.sub(r"(?m)^    ", "", block)), tabindex="0")
        elif block.strip():
            yield tag("p", *_inline(block), class_="soft" if block.startswith("Source:") else None)


def _reasons(text: str) -> Iterator[Html | str]:
    for number, reason in enumerate(text.split("\n\n")):
        yield from ([tag("br")] if number else [])
        yield from _inline(reason)


def _inline(text: str) -> Iterator[Html | str]:
    """Words, and what stands between backticks as code."""
    for number, part in enumerate(text.split("`")):
        if part:
            yield tag("code", part) if number % 2 else part


def _spaced(name: str) -> str:
    """ListMessages -> List messages; OAuthEndpoints -> OAuth endpoints."""
    words: list[str] = re.findall(r"OAuth|[A-Z][a-z]+|[A-Z]+(?![a-z])", name) or [name]
    return " ".join([words[0], *(SPELLED.get(word, word.lower()) for word in words[1:])])

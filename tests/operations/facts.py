"""What a JSON schema says, as a flat table, so that two documents can be compared line by line.

    facts(document, schema, "answered")
    {"messages": {"type": "array", "required": True}, "messages[].content<text>.text": {"type": "string", ...}, ...}

References are followed, `allOf` is merged, a union told apart by `type` has its word in the path: `content<text>`. The
same for OpenAPI 3.0 (`nullable`) and 3.1 (`anyOf` with null). What a schema says of itself once more, inside of itself,
is said once.
"""

from __future__ import annotations

from typing import Any, Literal

Direction = Literal["sent", "answered"]
Facts = dict[str, dict[str, Any]]

KEYWORDS = (
    *("type", "format", "enum", "default", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"),
    *("exclusiveMinimum", "exclusiveMaximum", "uniqueItems", "pattern", "nullable", "readOnly", "writeOnly"),
)
HIDDEN = {"sent": "readOnly", "answered": "writeOnly"}
NULL = {"type": "null"}


def facts(document: Any, schema: Any, direction: Direction) -> Facts:
    """Path -> what is said of what stands there. Under "": of the whole."""
    found: Facts = {}
    _tell(document, schema, direction, "", (), found)
    return found


def follow(document: Any, node: Any) -> Any:
    """The node, or what it refers to."""
    while "$ref" in node:
        found = document
        for part in node["$ref"].split("/")[1:]:
            found = found[part]
        node = found
    return node


def _tell(
    document: Any, schema: Any, direction: Direction, path: str, inside: tuple[int, ...], found: Facts, **said: Any
) -> None:
    target = id(_core(document, schema))
    node, branches = _merged(document, schema)
    told = {key: _comparable(key, node[key]) for key in KEYWORDS if node.get(key) not in (None, False)}
    if branches:
        told.pop("type", None)  # that of each branch
    found.setdefault(path, {}).update(told | said)
    if target in inside:
        return
    inside = (*inside, target)
    for word, branch in branches:
        _tell(document, branch, direction, f"{path}<{word}>", inside, found)
    for name, child in node.get("properties", {}).items():
        if name == "type" and path.endswith(">"):
            continue  # the word is in the path already
        if not _merged(document, child)[0].get(HIDDEN[direction]):
            required = {"required": True} if name in node.get("required", ()) else {}
            _tell(document, child, direction, f"{path}.{name}" if path else name, inside, found, **required)
    if "items" in node:
        _tell(document, node["items"], direction, f"{path}[]", inside, found)
    if isinstance(node.get("additionalProperties"), dict) and node["additionalProperties"]:
        _tell(document, node["additionalProperties"], direction, f"{path}.ANY", inside, found)


def _core(document: Any, schema: Any) -> Any:
    """The named schema under wrappings that only describe: what tells whether a schema stands inside of itself."""
    schema = follow(document, schema)
    wrapped = schema.get("allOf") or [each for each in schema.get("anyOf", ()) if each != NULL]
    if len(wrapped) == 1 and "properties" not in schema:
        return _core(document, wrapped[0])
    return schema


def _merged(document: Any, schema: Any, *, of_child: bool = False) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    """The schema as one object, and the branches of its union by their words.

    A parent that names its children in place of a union is one, but for a child that is built on it.
    """
    schema = follow(document, schema)
    node: dict[str, Any] = {"properties": {}, "required": []}
    branches: list[tuple[str, Any]] = []
    parts = schema.get("allOf", ())
    for part in parts:
        merged, more = _merged(document, part, of_child=len(parts) > 1)
        _add(node, merged)
        branches += more
    _add(node, schema)
    if not of_child and "mapping" in schema.get("discriminator", {}) and not {"oneOf", "anyOf"} & schema.keys():
        node["properties"] = {}  # each child has them too
        branches += [(word, {"$ref": target}) for word, target in schema["discriminator"]["mapping"].items()]
    options = [each for keyword in ("anyOf", "oneOf") for each in schema.get(keyword, ())]
    known = [each for each in options if each != NULL]
    if len(known) < len(options):
        node["nullable"] = True
    if len(known) == 1:
        merged, more = _merged(document, known[0])
        _add(node, merged)
        branches += more
    elif known:
        several = [_merged(document, each)[0] for each in known]
        if all(each.get("type") in SCALARS for each in several):
            node["type"] = " or ".join(sorted({_number(each["type"]) for each in several}))
        else:
            for each, merged in zip(known, several, strict=True):
                words = _words(document, schema, each)
                branches += [(word, each) for word in words]
                if not words:  # told apart by nothing: the fields of all, none of them required
                    _add(node, merged | {"required": []})
    return node, branches


SCALARS = ("string", "integer", "number", "boolean")


def _number(type: str) -> str:
    return "number" if type == "integer" else type


def _words(document: Any, union: Any, branch: Any) -> list[str]:
    """How a branch is told apart: by what the discriminator says of it, or by its own `type`."""
    mapping = union.get("discriminator", {}).get("mapping", {})
    words = [word for word, target in mapping.items() if target == branch.get("$ref")]
    kind = _merged(document, _merged(document, branch)[0]["properties"].get("type", {}))[0]
    own = kind.get("default") or "|".join(kind.get("enum", ()))
    if not own and "discriminator" in union:
        own = branch.get("$ref", "").rpartition("/")[2]
    return words or ([own] if own else [])


def _add(node: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        if key == "properties":
            node[key] = node[key] | value
        elif key == "required":
            node[key] = [*node[key], *(value if isinstance(value, list) else [])]
        elif key == "const":
            node["enum"] = [value]
            node.setdefault("type", "string")
        elif key not in ("allOf", "anyOf", "oneOf", "$ref"):
            node[key] = value
    if "enum" in node and "type" not in node:
        node["type"] = "string"


def _comparable(key: str, value: Any) -> Any:
    return sorted(map(str, value)) if key == "enum" else value

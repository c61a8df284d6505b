"""A request as somebody might type it, from the OpenAPI document: what is required, and little more."""

from __future__ import annotations

import json
import re
from typing import Any

from ...wire.reading import is_array, is_object

APP = "$PARHELION_APP_ID"
JSON = "application/json"
WORDS = {
    "text": "Hello!",
    "displayName": "Ada",
    "email": "ada@example.org",
    "grant_type": "authorization_code",
    "locale": "en",
    "payload": "BUY",
    "triggers": "conversation:message",
    "userExternalId": "ada",
}


def curl(document: Any, path: str, method: str, operation: Any) -> str:
    """The lines to paste. Who asks, and where, is in the environment."""
    url = re.sub(r"{(\w+)}", lambda found: APP if found[1] == "appId" else shouted(found[1]), path)
    asked = "&".join(f"{each['name']}={shouted(each['name'])}" for each in operation["parameters"] if _must(each))
    lines = ["curl" if method == "get" else f"curl -X {method.upper()}", f'"$PARHELION_URL{url}{asked and "?"}{asked}"']
    if operation["security"]:
        lines.append('-u "$PARHELION_KEY_ID:$PARHELION_SECRET"')
    content = operation.get("requestBody", {}).get("content", {})
    if JSON in content:
        lines.append("-H 'content-type: application/json'")
        lines.append("-d '{}'".format(json.dumps(body(document, operation)).replace("'", r"'\''")))
    elif content:
        lines.append("-F source=@picture.png")
    return " \\\n  ".join(lines)


def body(document: Any, operation: Any) -> Any:
    """A JSON body that is good enough to be sent."""
    return sample(document, operation["requestBody"]["content"][JSON]["schema"], "", least=1)


def sample(document: Any, schema: Any, name: str, *, least: int = 0) -> Any:
    """A value that fits. An object has at least so many of its fields."""
    schema = follow(document, schema)
    options = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if options:
        return sample(document, options[0], name, least=least)
    if "enum" in schema:
        return WORDS[name] if WORDS.get(name) in schema["enum"] else schema["enum"][0]
    match schema.get("type"):
        case "object":
            fields: dict[str, Any] = schema.get("properties", {})
            required = schema.get("required", ())
            shown = [field for field in fields if field in required] or list(fields)[:least]
            return {field: sample(document, fields[field], field, least=least) for field in shown}
        case "array":
            several = max(1, schema.get("minItems", 1))
            return [sample(document, schema["items"], name, least=least) for _ in range(several)]
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case _:
            return _text(schema, name)


def follow(document: Any, schema: Any) -> Any:
    """The schema, or what it refers to."""
    while "$ref" in schema:
        found = document
        for part in schema["$ref"].split("/")[1:]:
            found = found[part]
        schema = found
    return schema


def shouted(name: str) -> str:
    """A name to put one's own word in the place of: conversationId -> CONVERSATION_ID."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


def _text(schema: Any, name: str) -> str:
    if schema.get("format") == "date-time":
        return "2026-01-31T12:00:00.000Z"
    if re.search(r"(?i)ur[li]$|^target$", name):
        return "https://example.org/"
    word = WORDS.get(name, shouted(name) or "TEXT")
    return word[: schema.get("maxLength")].ljust(schema.get("minLength", 0), "0")


def _must(parameter: Any) -> bool:
    return is_object(parameter) and parameter.get("in") == "query" and bool(parameter.get("required"))


def refers_to(node: Any) -> list[str]:
    """Every schema that a part of the document names, as often as it does."""
    if is_array(node):
        return [name for each in node for name in refers_to(each)]
    if not is_object(node):
        return []
    said = node.get("$ref")
    found = [said.rpartition("/")[2]] if isinstance(said, str) and "/schemas/" in said else []
    return found + [name for key, each in node.items() if key != "mapping" for name in refers_to(each)]

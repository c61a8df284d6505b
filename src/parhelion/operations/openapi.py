"""From the table to an OpenAPI 3.1 document."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from types import NoneType
from typing import Any

import msgspec

from ..wire import Errors
from ..wire.reading import is_array, is_object
from ._operation import Declared, Parameter, wire_name

REF = "#/components/schemas/{name}"
UNKNOWN = ("UnknownContent", "UnknownAction", "UnknownQuote", "(unknown)")
EMPTY = {"type": "object", "additionalProperties": False}
BINARY = {
    "type": "object",
    "required": ["source"],
    "properties": {"source": {"type": "string", "contentMediaType": "application/octet-stream"}},
}


def document(operations: Iterable[Declared[Any]], *, title: str, version: str) -> dict[str, Any]:
    """The OpenAPI document of these operations."""
    table = list(operations)
    types = list(dict.fromkeys([*(each for operation in table for each in _types(operation)), Errors]))
    schemas, components = msgspec.json.schema_components(types, ref_template=REF)
    schema = dict(zip(types, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in table:
        path = _path(operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _entry(operation, schema)
    whole: dict[str, Any] = _known_only(
        {
            "openapi": "3.1.0",
            "info": {"title": title, "version": version},
            "paths": paths,
            "components": {
                "schemas": components,
                "securitySchemes": {
                    "basicAuth": {"type": "http", "scheme": "basic"},
                    "bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                },
            },
        }
    )
    return whole


def _types(operation: Declared[Any]) -> Iterable[Any]:
    yield from (parameter.type for parameter in operation.parameters if parameter.place != "file")
    if operation.returns is not NoneType:
        yield operation.returns


def _entry(operation: Declared[Any], schema: dict[Any, Any]) -> dict[str, Any]:
    answer = EMPTY if operation.returns is NoneType else schema[operation.returns]
    summary, _, description = inspect.cleandoc(operation.__doc__ or "").partition("\n\n")
    entry: dict[str, Any] = {
        "tags": [operation.tag],
        "operationId": operation.operation_id,
        "summary": " ".join(summary.split()),
        "description": description,
        "security": [{"basicAuth": sorted(operation.scopes)}, {"bearerAuth": sorted(operation.scopes)}],
        "parameters": [],
        "responses": {str(operation.status): {"description": "Done", "content": _json(answer)}},
    }
    for error in sorted(operation.errors, key=lambda each: each.status):
        told = entry["responses"].setdefault(str(error.status), {"description": "", "content": _json(schema[Errors])})
        told["description"] = ", ".join(filter(None, (told["description"], error.code)))
    if operation.in_app:
        entry["parameters"].append({"name": "appId", "in": "path", "required": True, "schema": {"type": "string"}})
    for parameter in operation.parameters:
        if parameter.place == "body":
            entry["requestBody"] = {"required": True, "content": _json(schema[parameter.type])}
        elif parameter.place == "file":
            entry["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": BINARY}}}
        else:
            entry["parameters"].append(_parameter(parameter, schema[parameter.type]))
    return entry


def _parameter(parameter: Parameter, schema: Any) -> dict[str, Any]:
    options = [each for each in schema.get("anyOf", [schema]) if each != {"type": "null"}]  # None is "not given"
    described = {"name": parameter.wire_name, "in": parameter.place, "required": parameter.required}
    if "$ref" in options[0]:  # a query object: page[before]
        described |= {"style": "deepObject", "explode": True}
    return described | {"schema": options[0]}


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _path(template: str) -> str:
    return "/".join(f"{{{wire_name(part[1:-1])}}}" if part.startswith("{") else part for part in template.split("/"))


def _known_only(node: Any) -> Any:
    """Without the Unknowns, which are ours and never on the wire."""
    if is_array(node):
        return [_known_only(each) for each in node if not _unknown(each)]
    if is_object(node):
        known = ((key, each) for key, each in node.items() if not _unknown(key))
        return {key: _known_only(each) for key, each in known if not _unknown(each)}
    return node


def _unknown(node: Any) -> bool:
    name = node.get("$ref", "") if is_object(node) else node
    return isinstance(name, str) and name.rpartition("/")[2] in UNKNOWN

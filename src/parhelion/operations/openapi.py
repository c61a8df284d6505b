"""From the table to an OpenAPI 3.1 document: all that is asked for, and all that is answered, refusals too."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from types import NoneType
from typing import Any

import msgspec

from ..wire import (
    ApiError,
    AppNotFound,
    BadRequest,
    Errors,
    Forbidden,
    KeyReused,
    PayloadTooLarge,
    UnsupportedMediaType,
)
from ..wire.reading import is_array, is_object
from ._operation import ANYWHERE, Browse, Declared, Download, Listen, Parameter

REF = "#/components/schemas/{name}"
UNKNOWN = ("UnknownContent", "UnknownAction", "UnknownQuote", "UnknownIntegration", "UnknownEvent", "(unknown)")
EMPTY = {"type": "object", "additionalProperties": False}
BINARY = {
    "type": "object",
    "required": ["source"],
    "properties": {"source": {"type": "string", "contentMediaType": "application/octet-stream"}},
}
LINES = "A line for each of these. The last is of kind `end`; without it there is more."
STREAM = "Frames without end. The `data` of each is one of these; a frame without `data` says how far it is."
FORM = "application/x-www-form-urlencoded"
ABOUT = """The Sunshine Conversations v2 API, as this server answers it.

Who asks is said with HTTP's Basic scheme, a key's id and its secret, or with a JSON Web Token signed with the secret
(HS256, the key's id as `kid`, its `scope` inside). Each operation says which scopes may ask: `account`, `app`,
`integration`. Every path is also answered under `/sc`, but for those under `/parhelion`.

A POST may carry an `Idempotency-Key`, a word of your own: sent again under the same word within 24 hours, it is not
done again, and the first answer is repeated."""
SCHEMES = {
    "basicAuth": {
        "type": "http",
        "scheme": "basic",
        "description": "A key: its id is the user name, its secret the password.",
    },
    "bearerAuth": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token signed with a key's secret (HS256). Its header has `kid`, the key's id; its payload "
        "`scope`, which is the key's, and `exp` if it is to expire.",
    },
}
AGAIN = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A word of your own for this request. Sent again under the same word within 24 hours, it is not "
    "done again: the first answer is repeated.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]*$"},
}
PARAMETERS = {
    "access": "Whether anybody who has the address of the file may fetch it.",
    "after": "Where it goes on: of events a token of the stream's frames, by default now (the header `Last-Event-ID`, "
    "where it is there, wins); of an export the place of a line, by default the beginning.",
    "appId": "The app's id.",
    "brandId": "The brand that tells apart users of one external id.",
    "clientId": "The client's id.",
    "client_id": "The id under which the partner is registered.",
    "conversationId": "The conversation's id.",
    "embed": "Whether what is in the attachments stands between the lines, in base64.",
    "deviceId": "The device's id.",
    "eventId": "The event's id.",
    "faultId": "The rule's id.",
    "filter": "Which ones are listed, as `filter[...]`.",
    "for": "What the file is for: with `message` it goes when the last message that shows it goes.",
    "includeFullSource": "Whether `source` has its `client` and its `device`.",
    "includeFullUser": "Whether users have all of their fields.",
    "integrationId": "The integration's id. For webhooks, an integration may call itself `me`.",
    "keyId": "The key's id.",
    "messageId": "The message's id.",
    "page": "Which page, as `page[before]`, `page[after]` and `page[size]`.",
    "query": "The words that are looked for, each of them at least as a beginning.",
    "period": "The time that is told: up to now.",
    "redirect_uri": "Where the browser goes back to: one of those that the partner is registered with, by default the "
    "first of them.",
    "response_type": "What the browser brings back: a code.",
    "snapshotId": "The snapshot's id.",
    "state": "What the browser brings back unchanged, with the code.",
    "switchboardId": "The switchboard's id.",
    "switchboardIntegrationId": "The switchboard integration's id.",
    "triggers": "What is told, with commas between; by default all of it.",
    "userIdOrExternalId": "The user's id, or their external id. An id wins.",
    "webhookId": "The webhook's id.",
    "zendeskId": "The user's id in Zendesk.",
}


def document(operations: Iterable[Declared[Any]], *, title: str, version: str) -> dict[str, Any]:
    """The OpenAPI document of these operations."""
    table = list(operations)
    types = list(dict.fromkeys([*(each for operation in table for each in _types(operation)), Errors]))
    schemas, components = msgspec.json.schema_components(types, ref_template=REF)
    for each in components.values():
        each["description"] = inspect.cleandoc(each.get("description", ""))
    schema = dict(zip(types, schemas, strict=True))
    for asked in (each for operation in table for each in operation.parameters if each.place == "query"):
        name = _without_null(schema[asked.type]).get("$ref", "").rpartition("/")[2]
        if name:  # a query object: what is not known there is refused, and nothing is null
            known = components[name]["properties"]
            components[name]["properties"] = {field: _without_null(each) for field, each in known.items()}
            components[name]["additionalProperties"] = False
    paths: dict[str, dict[str, Any]] = {}
    for operation in table:
        path = "/".join(_segment(operation, part) for part in operation.path.split("/"))
        paths.setdefault(path, {})[operation.method.lower()] = _entry(operation, schema)
    whole: dict[str, Any] = _known_only(
        {
            "openapi": "3.1.0",
            "info": {"title": title, "version": version, "description": ABOUT},
            "tags": [{"name": name, "description": doc} for name, doc in _tags(table).items()],
            "paths": paths,
            "components": {
                "schemas": components,
                "parameters": {"IdempotencyKey": AGAIN},
                "responses": {each.__name__: _refusal([each], schema[Errors]) for each in SHARED},
                "securitySchemes": SCHEMES,
            },
        }
    )
    return whole


SHARED: tuple[type[ApiError], ...] = (*ANYWHERE, PayloadTooLarge, UnsupportedMediaType, KeyReused)


def _types(operation: Declared[Any]) -> Iterable[Any]:
    yield from (parameter.type for parameter in operation.parameters if parameter.place != "file")
    if operation.returns is not NoneType:
        yield operation.returns


def _tags(table: list[Declared[Any]]) -> dict[str, str]:
    return {each.tag: inspect.cleandoc(each.about_tag) for each in table}


def _entry(operation: Declared[Any], schema: dict[Any, Any]) -> dict[str, Any]:
    summary, _, description = inspect.cleandoc(operation.__doc__ or "").partition("\n\n")
    scopes = sorted(operation.scopes)
    entry: dict[str, Any] = {
        "tags": [operation.tag],
        "operationId": operation.operation_id,
        "summary": " ".join(summary.split()),
        "description": description,
        "security": [{"basicAuth": scopes}, {"bearerAuth": scopes}] if scopes else [],
        "parameters": [],
        "responses": _answers(operation, schema) | _refusals(operation, schema[Errors]),
    }
    if operation.in_app:
        about = {"name": "appId", "in": "path", "required": True, "description": PARAMETERS["appId"]}
        entry["parameters"].append(about | {"schema": {"type": "string"}})
    for parameter in operation.parameters:
        said = _without_null(schema[parameter.type]) if parameter.place != "file" else None
        if parameter.place == "body":
            kinds = ("application/json", FORM) if operation.also_form else ("application/json",)
            content = {kind: {"schema": said} for kind in kinds}
            entry["requestBody"] = {"required": parameter.required, "content": content}
        elif parameter.place == "file":
            entry["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": BINARY}}}
        else:
            entry["parameters"].append(_parameter(parameter, said))
    if operation.method == "POST" and scopes:
        entry["parameters"].append({"$ref": "#/components/parameters/IdempotencyKey"})
    return entry


def _answers(operation: Declared[Any], schema: dict[Any, Any]) -> dict[str, Any]:
    if isinstance(operation, Browse):
        there = {"description": "Where it leads, once somebody has answered", "content": _text("text/plain")}
        return {str(operation.status): there, "200": {"description": "The page", "content": _text("text/html")}}
    if isinstance(operation, Listen):
        how = LINES if isinstance(operation, Download) else STREAM
        stream = {"description": how, "content": {operation.media_type: {"schema": schema[operation.returns]}}}
        return {str(operation.status): stream}
    if operation.returns is NoneType:
        return {str(operation.status): {"description": "Done", "content": _json(EMPTY)}}
    told = inspect.getdoc(operation.returns) or "Done"
    return {str(operation.status): {"description": told, "content": _json(schema[operation.returns])}}


def _refusals(operation: Declared[Any], errors: Any) -> dict[str, Any]:
    """Each status with every reason for it. 429, here of streams alone, is not listed."""
    if isinstance(operation, Browse):
        return {str(BadRequest.status): {"description": "The page cannot be shown", "content": _text("text/html")}}
    kinds = [
        *operation.errors[: -len(ANYWHERE)],
        *(each for each in ANYWHERE if operation.scopes or each is not Forbidden),
    ]
    if operation.in_app:
        kinds.append(AppNotFound)
    if any(parameter.place in ("body", "file") for parameter in operation.parameters):
        kinds += [PayloadTooLarge, UnsupportedMediaType]
    if operation.method == "POST" and operation.scopes:
        kinds.append(KeyReused)
    by_status: dict[int, dict[type[ApiError], None]] = {}
    for kind in sorted(kinds, key=lambda each: each.status):
        by_status.setdefault(kind.status, {})[kind] = None
    return {
        str(status): {"$ref": f"#/components/responses/{next(iter(several)).__name__}"}
        if len(several) == 1 and several.keys() <= set(SHARED)
        else _refusal(several, errors)
        for status, several in by_status.items()
    }


def _refusal(kinds: Iterable[type[ApiError]], errors: Any) -> dict[str, Any]:
    told = "\n\n".join(f"`{kind.code}`: {inspect.getdoc(kind)}" for kind in kinds)
    return {"description": told, "content": _json(errors)}


def _parameter(parameter: Parameter, schema: Any) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": parameter.wire_name,
        "in": parameter.place,
        "required": parameter.required,
        "description": PARAMETERS[parameter.wire_name],
    }
    if "$ref" in schema:  # a query object: page[before]
        described |= {"style": "deepObject", "explode": True}
    if schema.get("type") == "array":
        described |= {"style": "form", "explode": False}
    if not parameter.required and parameter.default is not None:
        schema = schema | {"default": parameter.default}
    return described | {"schema": schema}


def _without_null(schema: Any) -> Any:
    """Of a thing that may be left out: None is "not given"."""
    options = [each for each in schema.get("anyOf", [schema]) if each != {"type": "null"}]
    return options[0] if len(options) == 1 else schema | {"anyOf": options}


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _text(kind: str) -> dict[str, Any]:
    return {kind: {"schema": {"type": "string"}}}


def _segment(operation: Declared[Any], part: str) -> str:
    return f"{{{operation.wire_name(part[1:-1])}}}" if part.startswith("{") else part


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

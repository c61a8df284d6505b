"""The table as an OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from parhelion.operations import operations
from parhelion.operations.openapi import document

DOCUMENT = document(operations(), title="Parhelion", version="0.1.0")
MESSAGES = DOCUMENT["paths"]["/v2/apps/{appId}/conversations/{conversationId}/messages"]


def test_the_document_is_valid_openapi_3_1() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_it_says_what_the_table_says() -> None:
    assert set(MESSAGES) == {"post", "get", "delete"}
    assert MESSAGES["post"]["operationId"] == "PostMessage"
    assert set(MESSAGES["post"]["responses"]) == {"201", "400", "401", "403", "404", "413", "415", "422", "423", "429"}
    [page] = [each for each in MESSAGES["get"]["parameters"] if each["name"] == "page"]
    assert (page["style"], page["schema"]) == ("deepObject", {"$ref": "#/components/schemas/Page"})
    upload = DOCUMENT["paths"]["/v2/apps/{appId}/attachments"]["post"]
    assert [each.get("name") for each in upload["parameters"]] == ["appId", "access", "for", "conversationId", None]
    assert upload["parameters"][-1] == {"$ref": "#/components/parameters/IdempotencyKey"}
    assert upload["parameters"][1]["schema"]["default"] == "public"
    assert "multipart/form-data" in upload["requestBody"]["content"]


def test_our_own_unknowns_are_not_in_it() -> None:
    assert "UnknownContent" not in json.dumps(DOCUMENT)
    assert "(unknown)" not in json.dumps(DOCUMENT)


ENTRIES = {said["operationId"]: (method, said) for path in DOCUMENT["paths"].values() for method, said in path.items()}
TABLE = {each.operation_id: each for each in operations()}


@pytest.mark.parametrize("name", ENTRIES)
def test_who_may_ask_and_who_is_refused_is_said_of_every_operation(name: str) -> None:
    method, said = ENTRIES[name]
    scopes = sorted(TABLE[name].scopes)
    assert said["security"] == ([{"basicAuth": scopes}, {"bearerAuth": scopes}] if scopes else [])
    assert {"401", "403"} <= set(said["responses"]) or not scopes
    assert ("422" in said["responses"]) == (method == "post" and bool(scopes))
    assert ({"413", "415"} <= set(said["responses"])) == ("requestBody" in said)
    assert "400" in said["responses"]
    assert said["summary"].endswith(".")
    assert said["tags"][0] in {each["name"] for each in DOCUMENT["tags"] if each["description"]}


@pytest.mark.parametrize("name", ENTRIES)
def test_every_parameter_is_explained_and_objects_are_deep(name: str) -> None:
    for parameter in ENTRIES[name][1]["parameters"]:
        if "$ref" not in parameter:
            assert parameter["description"].endswith(".")
            assert (parameter.get("style") == "deepObject") == ("$ref" in parameter["schema"])
            assert {"type": "null"} not in parameter["schema"].get("anyOf", [])


def test_a_body_that_may_be_left_out_is_said_to_be_so() -> None:
    required = {name: said["requestBody"]["required"] for name, (_, said) in ENTRIES.items() if "requestBody" in said}
    assert {name for name, must in required.items() if not must} == {
        "ReleaseControl",
        "ReplayDeliveries",
        "SendTestEvent",
        "SyncUser",
    }
    assert {"type": "null"} not in [
        each
        for _, said in ENTRIES.values()
        for content in said.get("requestBody", {}).get("content", {}).values()
        for each in content["schema"].get("anyOf", ())
    ]


def test_oauth_asks_for_no_credentials_shows_a_page_and_takes_a_form() -> None:
    _, page = ENTRIES["Authorize"]
    assert [each["name"] for each in page["parameters"]] == ["client_id", "response_type", "state", "redirect_uri"]
    assert {status: list(each["content"]) for status, each in page["responses"].items()} == {
        "302": ["text/plain"],
        "200": ["text/html"],
        "400": ["text/html"],
    }
    _, token = ENTRIES["GetToken"]
    assert set(token["requestBody"]["content"]) == {"application/json", "application/x-www-form-urlencoded"}
    assert set(token["responses"]) == {"200", "400", "401", "413", "415", "429"}
    assert [name for name, (_, said) in ENTRIES.items() if not said["security"]] == ["Authorize", "GetToken"]


def test_nothing_in_it_is_an_extension_and_descriptions_are_not_indented() -> None:
    def keys(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            yield from node
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from keys(child)

    assert not [key for key in keys(DOCUMENT) if key.startswith("x-")]
    for schema in DOCUMENT["components"]["schemas"].values():
        first, *more = [line for line in schema["description"].split("\n\n") if line]
        assert not first.startswith(" ")
        assert all(not each.startswith(" ") or each.startswith("    ") for each in more)

"""The table as an OpenAPI document."""

from __future__ import annotations

import json

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
    assert [each["name"] for each in upload["parameters"]] == ["appId", "access", "for", "conversationId"]
    assert "multipart/form-data" in upload["requestBody"]["content"]


def test_our_own_unknowns_are_not_in_it() -> None:
    assert "UnknownContent" not in json.dumps(DOCUMENT)
    assert "(unknown)" not in json.dumps(DOCUMENT)

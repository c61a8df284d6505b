"""The table against the official specification, where that is at hand: line by line, operation by operation.

Either a difference is gone, or a pattern of DIFFERENT explains it; and a pattern that explains nothing has to go.
"""

from __future__ import annotations

from copy import deepcopy

import pytest

from parhelion.operations import operations
from parhelion.operations.openapi import document
from tests.operations.compared import Entry, differences, entries, fits, official

OURS = "/parhelion/"  # what is under here is this project's own
DOCUMENT = document(operations(), title="Parhelion", version="0")
HERE = entries(DOCUMENT)
SHARED = [name for name, entry in HERE.items() if not entry.path.startswith(OURS)]

# `*` is anything. Grouped by the reason.
DIFFERENT = {
    "every operation may answer these, says the introduction; and the rows leave out much of what can be missing": [
        *("* error 400: - -> there", "* error 401: - -> there", "* error 403: - -> there", "* error 404: - -> there"),
        *("* error 413: - -> there", "* error 415: - -> there", "* error 429: - -> there"),
        "CreateClient error 409: - -> there",
    ],
    "ours: a POST can be made safe to send again": [
        "* error 422: - -> there",
        "* header Idempotency-Key: - -> there",
    ],
    "there is no plan here that could be full": ["CreateApp error 402: there -> -"],
    "an account's key may do everything, says the introduction": ["*Webhook* scopes: app|integration -> account|*"],
    "the prose names who has such a token": ["GetTokenInfo scopes: - -> app|integration"],
    "null for what may be left out is read as left out; in a PATCH it takes away (decision 0005)": [
        "* sent * nullable: - -> True",
    ],
    "what this server always answers is said to be required; the specification hardly says so of anything": [
        "* answered * required: - -> True",
    ],
    "a time is a string there, and its format is said in prose": [
        "* sent * format: - -> date-time",
        "* answered * format: - -> date-time",
    ],
    "metadata is flat, of strings, numbers and booleans, as the prose says": [
        "* sent *metadata.ANY: - -> there",
        "* answered *metadata.ANY: - -> there",
    ],
    "addresses and emails are checked by rules that say what is wrong and take what browsers and mail programs take": [
        "* format: uri -> -",
        "* format: email -> -",
        "* sent profile.email pattern: - -> *",
    ],
    "what must not be empty or endless is limited, also where the specification has no number or says it elsewhere": [
        *("*userExternalId minLength: - -> 1", "*userExternalId maxLength: - -> 1024"),
        *("* sent *actions[]<*>.* minLength: - -> 1", "* sent *actions[]<*>.text maxLength: - -> 128"),
        *("* sent *actions[]<*>.uri maxLength: - -> 2048", "* sent *actions[]<*>.iconUrl maxLength: - -> 2048"),
        *("* sent *actions[]<webview>.fallback maxLength: - -> 2048", "* sent *.mediaUrl minLength: - -> 1"),
        *("* sent *content<*>.mediaUrl maxLength: - -> 2048", "* sent *content<*>.text maxLength: - -> 4096"),
        *("DeleteAttachment sent mediaUrl minLength: - -> 1", "DeleteAttachment sent mediaUrl maxLength: - -> 2048"),
        *(
            "* sent *target minLength: - -> 1",
            "* sent *target maxLength: - -> 2048",
            "* sent *triggers minItems: - -> 1",
        ),
        "CreateCustomIntegrationKey sent displayName minLength: - -> 1",
        "CreateCustomIntegrationKey sent displayName maxLength: - -> 100",
        *("*SwitchboardIntegration sent name minLength: - -> 1", "*SwitchboardIntegration sent name pattern: - -> *"),
        "*SwitchboardIntegration sent integrationType m*Length: - -> *",
        "PostConversionEvents sent *.payload.data minItems: - -> 1",
        *("* sent *.coordinates.lat m*imum: - -> *90", "* sent *.coordinates.long m*imum: - -> *180"),
        *("* sent *Color pattern: - -> *", "* sent *displayStyle enum: - -> button|tab"),
        "* sent *triggers[] enum: - -> client:add|*",
        *("* sent *schema enum: - -> whatsapp", "GetToken sent grant_type enum: - -> authorization_code"),
        *("Authorize query response_type enum: - -> code", "UploadAttachment query access enum: - -> public"),
        "UploadAttachment query for enum: - -> message",
        *("* sent *override.*.payload required: - -> True", "* sent *options[].* required: - -> True"),
        "ListUsers query filter.identities.email required: - -> True",
    ],
    "a default is what the server takes for what was not said; what was not said is not sent, so no shape holds it": [
        *("* query *default: * -> -", "* sent *default: * -> -"),
        *("UploadAttachment query access required: True -> -", "Authorize query response_type required: True -> -"),
        "Authorize query response_type default: - -> code",
    ],
    "write-only is told by what answers leave out": ["* sent * writeOnly: True -> -"],
    "contents go both ways and stay one shape each: read-only fields are overlooked, write-only ones never answered": [
        *("* sent *content<*>.mediaType: - -> there", "* sent *content<*>.mediaSize: - -> there"),
        *("* sent *content<*>.text: - -> there", "* sent *content<form>.submitted: - -> there"),
        *("* answered *content<*>.markdownText: - -> there", "* answered *.quotedMessageId: - -> there"),
    ],
    "a form's answers come from users only": ["* sent *content<formResponse>: there -> -"],
    "the examples show it": ["* answered messages[].content<list>.text: - -> there"],
    "of a business, only these two may be said; and the specification's limits stand one level too deep": [
        "* sent *author.subtypes* *",
    ],
    "an object that is only described in prose": [
        "* answered *fields[].select[].*: - -> there",
        "* sent *fields[].select[].*: - -> there",
    ],
    "questions before a chat are those of a form, says the prose": ["* *prechatCapture.fields[]*: - -> *"],
    "what the system did is open: new words come without a new version (decision 0005)": [
        "* answered messages[].activity *",
        "* answered messages[].activity<*",
        "* answered messages[].activity.*",
    ],
    "who and what a message came through is told to webhooks only": ["* answered messages[].source.*: there -> -"],
    "its secret is the server's to give": ["CreateIntegration sent <custom>.webhooks[].secret: there -> -"],
    "it is never given back": ["* answered *<messenger>.pageAccessToken required: True -> -"],
    "one shape of an app: only GetApp and GetTokenInfo may say where it is": ["* answered app*.subdomain: - -> there"],
    "the example shows a number": ["PostConversionEvents answered conversionEvents.datasetId type: string -> *"],
    "OpenAPI 3.1 says it by the content's type": ["UploadAttachment sent source format: binary -> -"],
    "OAuth has it (RFC 6749, 4.1.3)": [
        "GetToken sent redirect_uri: - -> there",
        "GetToken body types: application/json -> application/json|application/x-www-form-urlencoded",
    ],
    "the type is left out there": ["GetToken answered type: - -> object"],
}
PATTERNS = [pattern for patterns in DIFFERENT.values() for pattern in patterns]


@pytest.fixture(scope="module")
def specification() -> dict[str, Entry]:
    if (found := official()) is None:
        pytest.skip("the specification is not at hand")
    return entries(found)


@pytest.fixture(scope="module")
def lines(specification: dict[str, Entry]) -> dict[str, list[str]]:
    """Every difference, by operation."""
    return {name: list(differences(name, specification[name], HERE[name])) for name in SHARED}


def test_the_68_operations_are_those_of_the_specification(specification: dict[str, Entry]) -> None:
    theirs = {name: (each.method, each.path) for name, each in specification.items()}
    assert len(theirs) == 68
    assert {name: (HERE[name].method, HERE[name].path) for name in SHARED} == theirs


@pytest.mark.parametrize("operation", SHARED)
def test_the_declaration_says_what_the_specification_says(lines: dict[str, list[str]], operation: str) -> None:
    assert [line for line in lines[operation] if not any(fits(line, pattern) for pattern in PATTERNS)] == []


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_difference_is_listed_that_is_none(lines: dict[str, list[str]], pattern: str) -> None:
    assert any(fits(line, pattern) for each in lines.values() for line in each)


def test_whatever_is_changed_in_a_document_is_seen() -> None:
    changed = deepcopy(DOCUMENT)
    schemas, message = changed["components"]["schemas"], "/v2/apps/{appId}/conversations/{conversationId}/messages"
    schemas["UserCreateBody"]["properties"]["brandId"]["anyOf"][0]["maxLength"] = 25
    schemas["TextMessage"]["required"].append("payload")
    del schemas["User"]["properties"]["zendeskId"]
    schemas["Author"]["properties"]["type"]["enum"].append("bot")
    del changed["paths"][message]["post"]["responses"]["423"]
    changed["paths"]["/v2/apps"]["get"]["parameters"][0]["name"] = "seite"
    seen = {name: list(differences(name, HERE[name], entry)) for name, entry in entries(changed).items()}
    assert "CreateUser sent brandId maxLength: 24 -> 25" in seen["CreateUser"]
    assert "PostMessage sent content<text>.payload required: - -> True" in seen["PostMessage"]
    assert "PostMessage sent author.type enum: business|user -> bot|business|user" in seen["PostMessage"]
    assert "PostMessage error 423: there -> -" in seen["PostMessage"]
    assert "GetUser answered user.zendeskId: there -> -" in seen["GetUser"]
    assert {"ListApps query page: there -> -", "ListApps query seite: - -> there"} <= set(seen["ListApps"])
    assert seen["CreateSwitchboard"] == []

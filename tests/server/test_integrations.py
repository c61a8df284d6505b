"""Integrations: sixteen types, each with its own fields; what is secret is not told; what goes takes its own along."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from parhelion import (
    AppSettingsUpdate,
    AppUpdateBody,
    Client,
    Custom,
    CustomCreate,
    Forbidden,
    IntegrationApiKey,
    IntegrationCreate,
    IntegrationListFilter,
    IntegrationNotFound,
    IntegrationResponse,
    IntegrationUpdate,
    Page,
    PrechatCapture,
    PrechatCaptureCreate,
    PrechatCaptureUpdate,
    UnknownIntegration,
    Web,
    WebCreate,
    WebhookBody,
    WebhookCreateBody,
)
from parhelion.server.ports import Step, Write
from parhelion.wire import INTEGRATION_TYPES, UPDATABLE
from parhelion.wire.reading import strict, tolerant
from tests.inside import Inside, inside
from tests.live import Answer, Caller

NOWHERE = "6553f1000000000000000000"
WEBHOOK = {"target": "https://example.org/hook", "triggers": ["conversation:message"]}
PRECHAT = {"enabled": True, "fields": [{"type": "text", "name": "company", "label": "Company", "minSize": 2}]}
SDK = {"canUserSeeConversationList": False, "canUserCreateMoreConversations": True}
SDK_SAID = {**SDK, "attachmentsEnabled": True}

# What is sent in full, and what is answered beside id, type, status and what follows from the type.
FULL: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "android": (
        {"projectId": "p", "clientEmail": "e", "privateKey": "SECRET", "serverKey": "SECRET", "senderId": "s", **SDK},
        {"senderId": "s", **SDK_SAID},
    ),
    "apple": (
        {"businessId": "b", "apiSecret": "SECRET", "mspId": "m", "authenticationMessageSecret": "a" * 88},
        {"businessId": "b", "mspId": "m", "authenticationMessageSecret": "a" * 88},
    ),
    "instagram": (
        {"pageAccessToken": "SECRET", "appId": "a", "appSecret": "SECRET", "storyRepliesEnabled": False},
        {"appId": "a", "storyRepliesEnabled": False, "storyMentionsEnabled": True},
    ),
    "ios": (
        {"certificate": "SECRET", "password": "SECRET", "production": False, "autoUpdateBadge": True, **SDK},
        {"production": False, "autoUpdateBadge": True, **SDK_SAID},
    ),
    "line": (
        {
            "channelId": "c",
            "channelSecret": "x",
            "channelAccessToken": "t",
            "serviceCode": "s",
            "switcherSecret": "w",
            "qrCodeUrl": "https://qr-official.line.me/M/1.png",
        },
        {
            "channelId": "c",
            "channelSecret": "x",
            "channelAccessToken": "t",
            "serviceCode": "s",
            "switcherSecret": "w",
            "qrCodeUrl": "https://qr-official.line.me/M/1.png",
        },
    ),
    "mailgun": (
        {
            "apiKey": "SECRET",
            "signingKey": "g",
            "domain": "d.org",
            "incomingAddress": "a@d.org",
            "hideUnsubscribeLink": True,
            "fromAddress": "b@d.org",
        },
        {
            "signingKey": "g",
            "domain": "d.org",
            "incomingAddress": "a@d.org",
            "hideUnsubscribeLink": True,
            "fromAddress": "b@d.org",
        },
    ),
    "messagebird": (
        {"accessKey": "SECRET", "signingKey": "SECRET", "originator": "12262121021"},
        {"originator": "12262121021"},
    ),
    "messenger": (
        {"pageAccessToken": "t", "appId": "a", "appSecret": "SECRET", "pageId": 123212323432123, "pageName": "n"},
        {"pageAccessToken": "t", "appId": "a", "pageId": 123212323432123, "pageName": "n"},
    ),
    "telegram": ({"token": "SECRET"}, {}),
    "twilio": (
        {"accountSid": "AC", "authToken": "SECRET", "phoneNumberSid": "PN", "messagingServiceSid": "MG"},
        {"accountSid": "AC", "phoneNumberSid": "PN", "messagingServiceSid": "MG"},
    ),
    "twitter": (
        {
            "tier": "enterprise",
            "consumerKey": "SECRET",
            "consumerSecret": "SECRET",
            "accessTokenKey": "SECRET",
            "accessTokenSecret": "SECRET",
        },
        {"tier": "enterprise"},
    ),
    "unity": (SDK, SDK_SAID),
    "viber": ({"token": "SECRET"}, {}),
    "web": (
        {
            "brandColor": "0f0",
            "fixedIntroPane": True,
            "conversationColor": "00FF00",
            "actionColor": "fff",
            "displayStyle": "tab",
            "buttonIconUrl": "https://a.org/b.png",
            "buttonWidth": "60",
            "buttonHeight": "61",
            "integrationOrder": [NOWHERE],
            "businessName": "Shop",
            "businessIconUrl": "https://a.org/c.png",
            "backgroundImageUrl": "http://a.org/d.png",
            "originWhitelist": ["https://a.org", "http://b.org:8080"],
            "prechatCapture": PRECHAT,
            **SDK,
        },
        {
            "brandColor": "0f0",
            "fixedIntroPane": True,
            "conversationColor": "00FF00",
            "actionColor": "fff",
            "displayStyle": "tab",
            "buttonIconUrl": "https://a.org/b.png",
            "buttonWidth": "60",
            "buttonHeight": "61",
            "integrationOrder": [NOWHERE],
            "businessName": "Shop",
            "businessIconUrl": "https://a.org/c.png",
            "backgroundImageUrl": "http://a.org/d.png",
            "originWhitelist": ["https://a.org", "http://b.org:8080"],
            **SDK_SAID,
            "prechatCapture": {**PRECHAT, "enableEmailLinking": False},
        },
    ),
    "whatsapp": (
        {"hsmFallbackLanguage": "de_DE", "accountId": "a", "accountManagementAccessToken": "t"},
        {"hsmFallbackLanguage": "de_DE", "accountId": "a", "accountManagementAccessToken": "t"},
    ),
}
# What is answered of the least that can be sent.
LEAST: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "android": ({}, {"attachmentsEnabled": True}),
    "apple": ({"businessId": "b", "apiSecret": "SECRET", "mspId": "m"}, {"businessId": "b", "mspId": "m"}),
    "instagram": (
        {"pageAccessToken": None, "appId": "a", "appSecret": None},
        {"appId": "a", "storyRepliesEnabled": True, "storyMentionsEnabled": True},
    ),
    "ios": ({}, {"attachmentsEnabled": True}),
    "line": ({}, {}),
    "mailgun": (
        {"apiKey": None, "domain": "d.org", "incomingAddress": "a@d.org"},
        {"domain": "d.org", "incomingAddress": "a@d.org"},
    ),
    "messagebird": ({"accessKey": None, "signingKey": None, "originator": "1"}, {"originator": "1"}),
    "messenger": ({"pageAccessToken": None, "appId": "a", "appSecret": None}, {"appId": "a"}),
    "telegram": ({"token": None}, {}),
    "twilio": (
        {"accountSid": "AC", "authToken": None, "messagingServiceSid": "MG"},
        {"accountSid": "AC", "messagingServiceSid": "MG"},
    ),
    "unity": ({}, {"attachmentsEnabled": True}),
    "viber": ({"token": None}, {}),
    "web": (
        {"brandColor": None, "prechatCapture": {}},
        {
            "brandColor": "65758e",
            "fixedIntroPane": False,
            "conversationColor": "0099ff",
            "actionColor": "0099ff",
            "displayStyle": "button",
            "buttonWidth": "58",
            "buttonHeight": "58",
            "attachmentsEnabled": True,
            "prechatCapture": {"enabled": False, "enableEmailLinking": False},
        },
    ),
    "whatsapp": ({}, {"hsmFallbackLanguage": "en_US"}),
}
ACTIVE = ("android", "custom", "ios", "unity", "web")


def made(app: Caller, **body: Any) -> dict[str, Any]:
    answer = app.post(f"{app.app}/integrations", body)
    assert answer.status == 201, answer
    strict(answer.body, IntegrationResponse)
    integration: dict[str, Any] = answer.json["integration"]
    return integration


def custom(app: Caller, **body: Any) -> dict[str, Any]:
    return made(app, type="custom", webhooks=[WEBHOOK], **body)


def change(app: Caller, integration: dict[str, Any], body: Any) -> Answer:
    return app.send("PATCH", f"{app.app}/integrations/{integration['id']}", body)


def listed(app: Caller, query: str = "") -> list[str]:
    answer = app.get(f"{app.app}/integrations{query}")
    assert answer.status == 200, answer
    return [each["id"] for each in answer.json["integrations"]]


@pytest.mark.parametrize(("type", "said"), [*FULL.items(), *LEAST.items()], ids=str)
def test_an_integration_is_answered_with_what_may_be_told_and_its_defaults(app: Caller, type: str, said: Any) -> None:
    body, answered = said
    integration = made(app, type=type, displayName="A name", showAIDisclaimer=False, **body)
    assert integration == {
        "id": integration["id"],
        "type": type,
        "status": "active" if type in ACTIVE else "inactive",
        "displayName": "A name",
        "showAIDisclaimer": False,
        **answered,
    }
    assert app.get(f"{app.app}/integrations/{integration['id']}").json == {"integration": integration}
    assert app.get(f"{app.app}/integrations").json == {"integrations": [integration], "meta": {"hasMore": False}}
    assert made(app, type=type, displayName=None, **body)["showAIDisclaimer"] is True


def test_every_type_is_tried_here() -> None:
    assert {*FULL, "custom"} == set(INTEGRATION_TYPES) == set(UPDATABLE)


def test_what_is_secret_is_not_kept(tmp_path: Path) -> None:
    async def story() -> None:
        async with inside(tmp_path / "data") as server:
            for type, (body, _) in FULL.items():
                await server.done("POST", f"/v2/apps/{server.app_id}/integrations", {"type": type, **body})
            rows = await server.engines.database.read_all("select id, body from integration", {})
            assert len(rows) == len(FULL)
            assert all(b"SECRET" not in bytes(body) for _, body in rows)
            [android] = [id for id, body in rows if b'"android"' in bytes(body)]
            path = f"/v2/apps/{server.app_id}/integrations/{android}"
            await server.done("PATCH", path, {"privateKey": "SECRET", "senderId": "s2"})
            assert (await server.done("GET", path))["integration"]["senderId"] == "s2"
            rows = await server.engines.database.read_all("select id, body from integration", {})
            assert all(b"SECRET" not in bytes(body) for _, body in rows)

    asyncio.run(story())


def test_a_custom_integration_comes_with_its_webhook_and_tells_the_current_ones(app: Caller) -> None:
    integration = custom(app, displayName="bot")
    [webhook] = integration["webhooks"]
    assert integration == {
        "id": integration["id"],
        "type": "custom",
        "status": "active",
        "displayName": "bot",
        "webhooks": [webhook],
    }
    path = f"{app.app}/integrations/{integration['id']}"
    assert app.get(f"{path}/webhooks").json == {"webhooks": [webhook]}
    second = app.post(f"{path}/webhooks", WEBHOOK).json["webhook"]
    changed = app.send("PATCH", f"{path}/webhooks/{webhook['id']}", {"includeFullUser": True}).json["webhook"]
    other = custom(app)
    assert app.get(path).json["integration"]["webhooks"] == [changed, second]
    [first, last] = app.get(f"{app.app}/integrations").json["integrations"]
    assert (first["webhooks"], last) == ([changed, second], other)
    for each in (webhook, second):
        app.delete(f"{path}/webhooks/{each['id']}")
    assert app.get(path).json["integration"]["webhooks"] == []


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ({}, "should have required property 'type'"),
        ({"type": "wechat"}, "Invalid integration type"),
        ({"type": "Web"}, "Invalid integration type"),
        ({"type": "(unknown)"}, "Invalid integration type"),
        ({"type": None}, "Invalid integration type"),
        ({"type": ["web"]}, "Invalid integration type"),
        ({"type": "custom"}, "should have required property 'webhooks'"),
        ({"type": "custom", "webhooks": []}, "webhooks: should have at least 1 item"),
        ({"type": "custom", "webhooks": [WEBHOOK, WEBHOOK]}, "webhooks: should have at most 1 item"),
        (
            {"type": "custom", "webhooks": [{"target": "https://a.org"}]},
            "webhooks[0]: should have required property 'triggers'",
        ),
        (
            {"type": "custom", "webhooks": [{**WEBHOOK, "target": "https://a:b@c.org"}]},
            "webhooks[0].target: should have no user name and no password in it",
        ),
        ({"type": "web", "displayName": "x" * 101}, "displayName: should have at most 100 characters"),
        ({"type": "web", "brandColor": "#65758e"}, "brandColor: is not well-formed"),
        ({"type": "web", "brandColor": "6575"}, "brandColor: is not well-formed"),
        ({"type": "web", "brandColor": "fff\n"}, "brandColor: is not well-formed"),
        ({"type": "web", "displayStyle": "bar"}, "displayStyle: should be one of button, tab; 'bar' is not"),
        ({"type": "web", "buttonIconUrl": "a.png"}, "buttonIconUrl: should be an absolute http or https address"),
        (
            {"type": "web", "originWhitelist": ["https://a.org", "https://a.org/"]},
            "originWhitelist[1]: should be an origin, such as https://example.org",
        ),
        (
            {"type": "web", "originWhitelist": ["https://a.o\x01rg"]},
            "originWhitelist[0]: should be an origin, such as https://example.org",
        ),
        (
            {"type": "web", "prechatCapture": {"avatarUrl": "javascript:x"}},
            "prechatCapture.avatarUrl: should be an absolute http or https address",
        ),
        (
            {"type": "web", "prechatCapture": {"fields": [*PRECHAT["fields"], *PRECHAT["fields"]]}},
            "prechatCapture.fields[1].name: should be unique",
        ),
        ({"type": "web", "canUserSeeConversationList": 1}, "canUserSeeConversationList: should be true or false"),
        ({"type": "ios", "certificate": ""}, "certificate: should have at least 1 character"),
        ({"type": "telegram"}, "should have required property 'token'"),
        ({"type": "telegram", "token": ""}, "token: should have at least 1 character"),
        ({"type": "line", "channelId": "c"}, "should have both of channelId and channelSecret, or neither"),
        ({"type": "line", "qrCodeUrl": "qr"}, "qrCodeUrl: should be an absolute http or https address"),
        (
            {"type": "twilio", "accountSid": "AC", "authToken": "t"},
            "should have one of phoneNumberSid and messagingServiceSid",
        ),
        ({"type": "apple", "businessId": "b", "mspId": "m"}, "should have required property 'apiSecret'"),
        (
            {"type": "apple", "authenticationMessageSecret": "a" * 87},
            "authenticationMessageSecret: should have at least",
        ),
        ({"type": "twitter", "tier": "premium"}, "tier: should be one of enterprise; 'premium' is not"),
        (
            {"type": "web", "defaultResponderId": NOWHERE},
            "defaultResponderId: should be the id of a switchboard integration of the app",
        ),
    ],
    ids=str,
)
def test_what_is_no_integration_is_refused_and_leaves_nothing(app: Caller, body: Any, title: str) -> None:
    answer = app.post(f"{app.app}/integrations", body)
    assert (answer.status, answer.codes[0]) == (400, "bad_request")
    assert any(each.startswith(title) for each in answer.titles), answer.titles
    assert listed(app) == []


@pytest.mark.parametrize(
    ("type", "given", "body", "after"),
    [
        ("web", {}, {"brandColor": "abc", "businessName": "B"}, {"brandColor": "abc", "businessName": "B"}),
        ("web", {"originWhitelist": ["https://a.org"]}, {"originWhitelist": None}, {"originWhitelist": ...}),
        ("web", {"prechatCapture": PRECHAT}, {"prechatCapture": {"enabled": False}}, {"prechatCapture": {
            **PRECHAT, "enabled": False, "enableEmailLinking": False}}),
        ("web", {}, {"canUserSeeConversationList": False}, {"canUserSeeConversationList": False}),
        ("web", {}, {"showAIDisclaimer": False, "displayName": "n"}, {"showAIDisclaimer": False, "displayName": "n"}),
        ("ios", {}, {"production": True, "certificate": "c", "password": ""}, {"production": True}),
        ("android", {"senderId": "s"}, {"senderId": None, "projectId": "p"}, {"senderId": ...}),
        ("unity", {}, {"canUserCreateMoreConversations": False}, {"canUserCreateMoreConversations": False}),
        ("instagram", {}, {"storyRepliesEnabled": False}, {"storyRepliesEnabled": False}),
        ("messenger", {}, {"pageAccessToken": "t2"}, {"pageAccessToken": "t2"}),
        ("mailgun", {"fromAddress": "x@y.z"}, {"fromAddress": None, "hideUnsubscribeLink": False}, {
            "fromAddress": ..., "hideUnsubscribeLink": False}),
        ("apple", {}, {"authenticationMessageSecret": "b" * 90}, {"authenticationMessageSecret": "b" * 90}),
        ("whatsapp", {}, {"hsmFallbackLanguage": None, "accountId": "b"}, {
            "hsmFallbackLanguage": ..., "accountId": "b"}),
        # What is not the type's to change is left alone.
        ("telegram", {}, {"token": "t2", "brandColor": "abc", "username": "u"}, {}),
        ("web", {}, {"type": "ios", "id": NOWHERE, "status": "error", "attachmentsEnabled": False}, {}),
        ("twilio", {}, {"accountSid": "other", "phoneNumberSid": "other"}, {}),
        ("line", {"channelId": "c", "channelSecret": "s"}, {"channelSecret": "other", "qrCodeUrl": "x"}, {}),
        ("unity", {}, {"productIon": True, "production": True}, {}),
    ],
    ids=str,
)  # fmt: skip
def test_a_change_touches_what_the_type_has_and_nothing_else(
    app: Caller, type: str, given: Any, body: Any, after: Any
) -> None:
    integration = made(app, type=type, **LEAST[type][0] | given)
    expected = {key: value for key, value in {**integration, **after}.items() if value is not ...}
    answer = change(app, integration, body)
    assert answer.json == {"integration": expected}
    strict(answer.body, IntegrationResponse)
    assert app.get(f"{app.app}/integrations/{integration['id']}").json == {"integration": expected}


def test_only_the_name_of_a_custom_integration_changes_here(app: Caller) -> None:
    integration = custom(app, displayName="bot")
    body = {"displayName": "b" * 100, "webhooks": [], "showAIDisclaimer": False, "defaultResponderId": NOWHERE}
    assert change(app, integration, body).json["integration"] == {**integration, "displayName": "b" * 100}
    del integration["displayName"]
    assert change(app, integration, {"displayName": None}).json == {"integration": integration}


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ({"displayName": ""}, "displayName: should have at least 1 character"),
        ({"displayName": "x" * 101}, "displayName: should have at most 100 characters"),
        ({"showAIDisclaimer": None}, "showAIDisclaimer: should be true or false, not null"),
        ({"brandColor": "#fff"}, "brandColor: is not well-formed"),
        ({"brandColor": None}, "brandColor: should be a string, not null"),
        ({"businessIconUrl": "x"}, "businessIconUrl: should be an absolute http or https address"),
        ({"originWhitelist": ["a.org"]}, "originWhitelist[0]: should be an origin, such as https://example.org"),
        ({"prechatCapture": {"enabled": "yes"}}, "prechatCapture.enabled: should be true or false, not a string"),
        (
            {"prechatCapture": {"fields": [{"type": "select", "name": "a", "label": "A"}]}},
            "prechatCapture.fields[0].op",
        ),
        ({"defaultResponderId": NOWHERE}, "defaultResponderId: should be the id of a switchboard integration"),
        ([], "should be an object, not an array"),
    ],
    ids=str,
)
def test_a_change_that_is_none_is_refused_and_changes_nothing(app: Caller, body: Any, title: str) -> None:
    integration = made(app, type="web")
    answer = change(app, integration, body)
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles[0].startswith(title)
    assert app.get(f"{app.app}/integrations/{integration['id']}").json == {"integration": integration}


def test_what_is_not_there_is_not_found(app: Caller, account: Caller) -> None:
    integration = made(app, type="web")
    path = f"{app.app}/integrations/{integration['id']}"
    assert app.delete(path).json == {}
    other = account.post("/v2/apps", {"displayName": "other"}).json["app"]["id"]
    theirs = account.post(f"/v2/apps/{other}/integrations", {"type": "web"}).json["integration"]["id"]
    for at in (
        path,
        f"{app.app}/integrations/{NOWHERE}",
        f"{app.app}/integrations/me",
        f"{app.app}/integrations/{theirs}",
    ):
        for method, body in (("GET", None), ("PATCH", {"displayName": "n"}), ("DELETE", None)):
            answer = app.send(method, at, body)
            assert (answer.status, answer.codes, answer.titles) == (
                404,
                ["integration_not_found"],
                ["Integration not found"],
            ), (method, at)
    assert account.get(f"/v2/apps/{other}/integrations/{theirs}").status == 200


def test_integrations_come_page_by_page_in_the_order_they_were_made(app: Caller) -> None:
    ids = [made(app, type="web" if number % 3 else "unity")["id"] for number in range(10)]
    assert listed(app) == ids
    answer = app.get(f"{app.app}/integrations?page[size]=4")
    walked = [[each["id"] for each in answer.json["integrations"]]]
    while link := answer.json.get("links", {}).get("next"):
        answer = app.get(link.removeprefix(app.url))
        walked.append([each["id"] for each in answer.json["integrations"]])
    assert walked == [ids[:4], ids[4:8], ids[8:]]
    assert listed(app, f"?page[before]={ids[4]}&page[size]=2") == ids[2:4]
    assert listed(app, f"?page[after]={ids[8]}") == ids[9:]
    for query in (f"page[after]={ids[0]}&page[before]={ids[2]}", "page[size]=0", "page[after]=x", "page[next]=1"):
        assert app.get(f"{app.app}/integrations?{query}").codes == ["bad_request"], query


def test_a_list_of_some_types_holds_these_and_its_links_do(app: Caller) -> None:
    ids = {type: [made(app, type=type)["id"] for _ in range(3)] for type in ("web", "unity", "line")}
    assert listed(app, "?filter[types]=unity") == ids["unity"]
    assert listed(app, "?filter%5Btypes%5D=line,%20web,line") == ids["web"] + ids["line"]
    assert listed(app, "?filter=%7B%22types%22%3A%22custom%22%7D") == []
    assert listed(app, "?filter[types]=") == ids["web"] + ids["unity"] + ids["line"]
    answer = app.get(f"{app.app}/integrations?filter[types]=web,line&page[size]=4")
    assert [each["id"] for each in answer.json["integrations"]] == ids["web"] + ids["line"][:1]
    answer = app.get(answer.json["links"]["next"].removeprefix(app.url))
    assert [each["id"] for each in answer.json["integrations"]] == ids["line"][1:]
    for query in ("filter[types]=web,wep", "filter[types]=%", "filter[types]=_eb", "filter[types]=custom;web"):
        answer = app.get(f"{app.app}/integrations?{query}")
        assert (answer.status, answer.codes) == (400, ["bad_request"])
        assert answer.titles[0].startswith("Invalid query parameters")
    assert app.get(f"{app.app}/integrations?filter[type]=web").status == 400


def test_who_may_not_see_to_integrations_is_refused(app: Caller, account: Caller) -> None:
    id = custom(app)["id"]
    key = app.post(f"{app.app}/integrations/{id}/keys", {"displayName": "k"}).json["key"]
    program = Caller(app.url, key["id"], key["secret"], app.app_id)
    other = account.post("/v2/apps", {"displayName": "other"}).json["app"]["id"]
    for caller, base in ((program, app.app), (app, f"/v2/apps/{other}")):
        for method, path in (("GET", ""), ("POST", ""), ("GET", f"/{id}"), ("PATCH", f"/{id}"), ("DELETE", f"/{id}")):
            body = {"type": "web"} if method in ("POST", "PATCH") else None
            assert caller.send(method, f"{base}/integrations{path}", body).codes == ["forbidden"]
    assert account.get(f"{app.app}/integrations/{id}").status == 200


def test_changes_made_at_the_same_time_are_all_there(tmp_path: Path) -> None:
    async def story() -> None:
        async with inside(tmp_path / "data") as server:
            path = f"/v2/apps/{server.app_id}/integrations"
            before = (await server.done("POST", path, {"type": "web"}))["integration"]
            path += f"/{before['id']}"
            changes = {"brandColor": "abc", "actionColor": "def", "businessName": "B", "displayName": "D"}
            await asyncio.gather(*(server.done("PATCH", path, {key: value}) for key, value in changes.items()))
            assert (await server.done("GET", path))["integration"] == {**before, **changes}

    asyncio.run(story())


@pytest.fixture
def switchboard(app: Caller) -> str:
    """The path of the app's switchboard."""
    made = app.post(f"{app.app}/switchboards", None).json["switchboard"]["id"]
    return f"{app.app}/switchboards/{made}"


def member(app: Caller, switchboard: str, name: str, integration: str, **body: Any) -> str:
    answer = app.post(f"{switchboard}/switchboardIntegrations", {"name": name, "integrationId": integration, **body})
    assert answer.status == 201, answer
    return str(answer.json["switchboardIntegration"]["id"])


def test_an_integration_tells_who_answers_first_on_it(app: Caller, switchboard: str) -> None:
    bots = [custom(app)["id"] for _ in range(2)]
    two = member(app, switchboard, "two", bots[1], deliverStandbyEvents=False, messageHistoryCount=7)
    one = member(app, switchboard, "one", bots[0], nextSwitchboardIntegrationId=two)
    told_two = {
        "name": "two",
        "integrationId": bots[1],
        "integrationType": "custom",
        "deliverStandbyEvents": False,
        "messageHistoryCount": 7,
    }
    told_one = {
        "name": "one",
        "integrationId": bots[0],
        "integrationType": "custom",
        "deliverStandbyEvents": True,
        "nextSwitchboardIntegrationId": two,
    }
    own = made(app, type="web", defaultResponderId=two)
    assert own["defaultResponder"] == {**told_two, "inherited": False}
    plain = made(app, type="web")
    assert "defaultResponder" not in plain
    enabled = app.send("PATCH", switchboard, {"enabled": True, "defaultSwitchboardIntegrationId": one})
    assert enabled.status == 200, enabled
    path = f"{app.app}/integrations"
    found = {each["id"]: each for each in app.get(path).json["integrations"]}
    assert found[plain["id"]] == {**plain, "defaultResponder": {**told_one, "inherited": True}}
    assert found[own["id"]] == own
    assert "defaultResponder" not in found[bots[0]]
    assert made(app, type="unity")["defaultResponder"] == {**told_one, "inherited": True}
    changed = change(app, plain, {"defaultResponderId": one}).json["integration"]
    assert changed["defaultResponder"] == {**told_one, "inherited": False}
    assert change(app, plain, {"displayName": "n"}).json["integration"]["defaultResponder"]["inherited"] is False
    changed = change(app, own, {"defaultResponderId": None}).json["integration"]
    assert changed["defaultResponder"] == {**told_one, "inherited": True}


def test_a_responder_of_another_app_is_none(app: Caller, account: Caller, switchboard: str) -> None:
    bot = member(app, switchboard, "bot", custom(app)["id"])
    other = account.post("/v2/apps", {"displayName": "other"}).json["app"]["id"]
    body = {"type": "web", "defaultResponderId": bot}
    assert account.post(f"/v2/apps/{other}/integrations", body).status == 400
    theirs = account.post(f"/v2/apps/{other}/integrations", {"type": "web"}).json["integration"]["id"]
    answer = account.send("PATCH", f"/v2/apps/{other}/integrations/{theirs}", {"defaultResponderId": bot})
    assert answer.titles == ["defaultResponderId: should be the id of a switchboard integration of the app"]


def test_a_deleted_integration_takes_its_webhooks_keys_and_places_in_the_switchboard_along(
    app: Caller, switchboard: str
) -> None:
    gone, stays = custom(app), custom(app)
    key = app.post(f"{app.app}/integrations/{gone['id']}/keys", {"displayName": "k"}).json["key"]["id"]
    leaves = member(app, switchboard, "leaves", gone["id"])
    remains = member(app, switchboard, "remains", stays["id"], nextSwitchboardIntegrationId=leaves)
    app.send("PATCH", switchboard, {"enabled": True, "defaultSwitchboardIntegrationId": leaves})
    web = made(app, type="web", defaultResponderId=leaves)
    assert app.delete(f"{app.app}/integrations/{gone['id']}").json == {}
    assert listed(app) == [stays["id"], web["id"]]
    for path in (f"webhooks/{gone['webhooks'][0]['id']}", f"keys/{key}", "webhooks", "keys"):
        assert app.get(f"{app.app}/integrations/{gone['id']}/{path}").codes == ["integration_not_found"]
    [left] = app.get(f"{switchboard}/switchboardIntegrations").json["switchboardIntegrations"]
    assert left["id"] == remains
    assert "nextSwitchboardIntegrationId" not in left
    [board] = app.get(f"{app.app}/switchboards").json["switchboards"]
    assert (board["enabled"], board.get("defaultSwitchboardIntegrationId")) == (False, None)
    after = app.get(f"{app.app}/integrations/{web['id']}").json["integration"]
    assert "defaultResponder" not in after
    assert change(app, web, {"displayName": "still changeable"}).status == 200


def test_keys_of_a_deleted_integration_open_nothing_and_its_webhooks_take_no_room(tmp_path: Path) -> None:
    async def story() -> None:
        async with inside(tmp_path / "data") as server:
            app = f"/v2/apps/{server.app_id}"
            body = {"type": "custom", "webhooks": [WEBHOOK]}
            for _ in range(10):
                made = (await server.done("POST", f"{app}/integrations", body))["integration"]
            assert (await server.ask("POST", f"{app}/integrations", body))[0] == 400
            path = f"{app}/integrations/{made['id']}"
            key = (await server.done("POST", f"{path}/keys", {"displayName": "k"}))["key"]
            basic = "Basic " + base64.b64encode(f"{key['id']}:{key['secret']}".encode()).decode()
            me = f"{app}/integrations/me/webhooks"
            assert (await server.ask("GET", me, authorization=basic))[0] == 200
            await server.done("DELETE", path)
            # For a second it is remembered that the key is good; by then there is nothing left that it opens.
            assert (await server.ask("GET", me, authorization=basic))[0] == 404
            assert (await server.ask("POST", me, WEBHOOK, authorization=basic))[0] == 404
            server.clock.seconds += 1
            assert (await server.ask("GET", me, authorization=basic))[0] == 401
            await server.done("POST", f"{app}/integrations", body)
            assert await server.count("webhook") == 10

    asyncio.run(story())


def test_a_switchboard_keeps_going_when_an_integration_goes_that_it_does_not_begin_with(
    app: Caller, switchboard: str
) -> None:
    gone, stays = custom(app), custom(app)
    member(app, switchboard, "leaves", gone["id"])
    first = member(app, switchboard, "remains", stays["id"])
    app.send("PATCH", switchboard, {"enabled": True, "defaultSwitchboardIntegrationId": first})
    app.delete(f"{app.app}/integrations/{gone['id']}")
    [board] = app.get(f"{app.app}/switchboards").json["switchboards"]
    assert (board["enabled"], board["defaultSwitchboardIntegrationId"]) == (True, first)


def test_clients_of_a_deleted_integration_go_and_no_others(tmp_path: Path) -> None:
    async def story() -> None:
        async with inside(tmp_path / "data") as server:
            app = f"/v2/apps/{server.app_id}"
            ids = [
                (await server.done("POST", f"{app}/integrations", {"type": "web"}))["integration"]["id"] for _ in "ab"
            ]
            for user in range(3):
                for integration in ids:
                    await client(server, f"user{user}", integration)
            await server.done("DELETE", f"{app}/integrations/{ids[0]}")
            await server.afterwards()
            for table, column in (("client", "id"), ("client_association", "client_id")):
                found = await server.engines.database.read_all(f"select {column} from {table}", {})
                assert {row[0] for row in found} == {f"user{user}-{ids[1]}" for user in range(3)}
            assert await server.count("integration_gone") == 0

    asyncio.run(story())


async def client(server: Inside, user: str, integration: str) -> None:
    """A client as a channel would make one."""
    steps = (
        Step(
            """
        insert into client (app_id, user_id, id, type, integration_id, body)
        values (:app, :user, :id, 'sdk', :integration, :body)"""
        ),
        Step(
            """
        insert into client_association (app_id, conversation_id, user_id, client_id)
        values (:app, 'conversation', :user, :id)"""
        ),
    )
    id = f"{user}-{integration}"
    values = {"app": server.app_id, "user": user, "id": id, "integration": integration, "body": b"{}"}
    await server.engines.database.write(Write(user, steps, values))


def test_an_integration_of_a_type_that_is_not_known_is_kept_as_it_came() -> None:
    raw = b'{"integration":{"id":"i1","type":"wechat","status":"active","displayName":"W","x":[1]}}'
    found = tolerant(raw, IntegrationResponse).integration
    assert isinstance(found, UnknownIntegration)
    assert (found.id, found.type, found.status, found.display_name) == ("i1", "wechat", "active", "W")
    assert found.fields["x"] == [1]


def test_a_program_does_all_of_it_by_the_client(app: Caller) -> None:
    with Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client:
        webhook = WebhookCreateBody(target="https://example.org/hook", triggers=["conversation:message"])
        bot = client.integrations.create(CustomCreate(display_name="bot", webhooks=[webhook])).integration
        assert isinstance(bot, Custom)
        key = client.integration_keys.create(bot.id, IntegrationApiKey(display_name="k")).key
        assert client.integration_keys.list(bot.id).keys == [key] == [client.integration_keys.get(bot.id, key.id).key]
        with Client(app.url, app_id=app.app_id, key_id=key.id, secret=key.secret) as program:
            [mine] = program.webhooks.list("me").webhooks
            assert mine == bot.webhooks[0]
            changed = program.webhooks.update("me", mine.id, WebhookBody(triggers=["user:merge"])).webhook
            assert changed.triggers == ["user:merge"]
            with pytest.raises(Forbidden):
                program.integrations.get(bot.id)
        web = client.integrations.create(WebCreate(prechat_capture=PrechatCaptureCreate(enabled=True))).integration
        assert isinstance(web, Web)
        assert (web.brand_color, web.show_ai_disclaimer) == ("65758e", True)
        update = IntegrationUpdate(
            display_name="Shop", brand_color="ff8800", prechat_capture=PrechatCaptureUpdate(enabled=False)
        )
        after = client.integrations.update(web.id, update).integration
        assert isinstance(after, Web)
        assert (after.display_name, after.brand_color) == ("Shop", "ff8800")
        assert after.prechat_capture == PrechatCapture(enabled=False, enable_email_linking=False)
        assert [each.id for each in client.integrations.iterate(page=Page(size=1))] == [bot.id, web.id]
        only = client.integrations.list(filter=IntegrationListFilter(types="web")).integrations
        assert only == [after]
        client.integration_keys.delete(bot.id, key.id)
        client.webhooks.delete(bot.id, mine.id)
        client.integrations.delete(bot.id)
        with pytest.raises(IntegrationNotFound):
            client.webhooks.list(bot.id)
        changes = AppUpdateBody(settings=AppSettingsUpdate(echo_postback=True), metadata={"a": None})
        settings = client.apps.update(changes).app.settings
        assert settings is not None
        assert settings.echo_postback is True


@pytest.mark.parametrize("kind", get_args(get_args(IntegrationCreate)[0]))
def test_what_a_body_holds_in_secret_does_not_show(kind: Any) -> None:
    fields = msgspec.structs.fields(kind)
    assert kind.secrets <= {field.name for field in fields}
    body = kind(**{field.name: "hush" if field.name in kind.secrets else "said" for field in fields})
    assert "hush" not in repr(body) + str(body) + repr([body])
    assert repr(body).startswith(f"{kind.__name__}(display_name='said'")
    assert "hush" in msgspec.json.encode(body).decode() or not kind.secrets

"""Where a message is to go: nowhere, or to a client that the user has in the conversation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.live import Answer, Caller, pages

HELLO = {"author": {"type": "business"}, "content": {"type": "text", "text": "hello"}}
WHATSAPP = {"type": "whatsapp"}


def integration(app: Caller, type: str) -> str:
    body: dict[str, Any] = {"type": type, "displayName": type}
    if type == "custom":
        body["webhooks"] = [{"target": "http://127.0.0.1:9/hook", "triggers": ["conversation:message"]}]
    answer = app.post(f"{app.app}/integrations", body)
    assert answer.status == 201, answer
    return str(answer.json["integration"]["id"])


def personal(app: Caller, *, subscribed: bool = False) -> str:
    person = {"userId": app.user(), "subscribeSDKClient": subscribed}
    answer = app.post(f"{app.app}/conversations", {"type": "personal", "participants": [person]})
    assert answer.status == 201, answer
    return str(answer.json["conversation"]["id"])


def sent(app: Caller, conversation: str, **destination: Any) -> Answer:
    return app.post(app.messages(conversation), HELLO | {"destination": destination})


def test_a_silent_message_is_kept_and_listed_like_any_other(app: Caller) -> None:
    place = personal(app)
    answer = sent(app, place, integrationType="none")
    assert answer.status == 201
    [message] = answer.json["messages"]
    assert set(message) == {"id", "received", "author", "content", "source"}
    assert app.get(app.messages(place)).json["messages"] == [message]
    [reader] = app.get(f"{app.app}/conversations/{place}/participants").json["participants"]
    assert reader["unreadCount"] == 1


def test_a_destination_is_for_personal_conversations(app: Caller, conversation: str) -> None:
    web = integration(app, "web")
    for said in ({"integrationType": "none"}, {"integrationId": web}, {"integrationId": "0" * 24}):
        answer = sent(app, conversation, **said)
        assert answer.titles == ["destination: only messages to personal conversations may have one"]
    assert sent(app, "0" * 24, integrationType="none").codes == ["conversation_not_found"]
    assert pages(app, conversation) == []


def test_a_destination_is_for_the_business(app: Caller) -> None:
    ada = app.user()
    place = app.conversation(ada, type="personal")
    body = HELLO | {"author": {"type": "user", "userId": ada}, "destination": {"integrationType": "none"}}
    assert app.post(app.messages(place), body).titles[0].startswith("destination: ")


@pytest.mark.parametrize("said", [{}, {"integrationId": "0" * 24, "integrationType": "web"}, {"integrationType": 1}])
def test_a_destination_says_one_thing(app: Caller, said: dict[str, Any]) -> None:
    answer = sent(app, personal(app), **said)
    assert (answer.status, answer.titles[0][:11]) == (400, "destination")


def test_an_integration_that_the_app_does_not_have_is_not_found(app: Caller, account: Caller) -> None:
    made = account.post("/v2/apps", {"displayName": "other"}).json["app"]["id"]
    other = Caller(account.url, account.key_id, account.secret, made)
    theirs = integration(other, "web")
    place = personal(app, subscribed=True)
    integration(app, "android")
    for said in (
        {"integrationId": theirs},
        {"integrationId": "0" * 24},
        {"integrationId": "x'y"},
        {"integrationId": ""},
        {"integrationType": "web"},
        {"integrationType": "carrier pigeon"},
        {"integrationType": "sdk"},
        {"integrationType": ""},
        {"integrationType": "NONE"},
    ):
        assert sent(app, place, **said).codes == ["integration_not_found"], said
    assert pages(app, place) == []


@pytest.mark.parametrize("type", ["web", "ios", "android", "unity"])
def test_an_sdk_client_is_reached_through_the_integrations_of_the_sdk(app: Caller, type: str) -> None:
    there, not_there = personal(app, subscribed=True), personal(app)
    id = integration(app, type)
    for said in ({"integrationId": id}, {"integrationType": type}):
        assert sent(app, there, **said).status == 201
        [name] = said
        refused = sent(app, not_there, **said)
        assert (refused.codes, refused.titles) == (
            ["bad_request"],
            [f"destination.{name}: the user has no client of it in the conversation"],
        )
    assert len(pages(app, there)) == 2
    assert pages(app, not_there) == []


def test_an_sdk_client_is_not_reached_through_any_other_integration(app: Caller) -> None:
    place = personal(app, subscribed=True)
    for type in ("custom", "whatsapp"):
        id = integration(app, type)
        for said in ({"integrationId": id}, {"integrationType": type}):
            assert sent(app, place, **said).codes == ["bad_request"]


def test_a_client_that_was_never_confirmed_is_not_in_the_conversation(app: Caller) -> None:
    id = integration(app, "whatsapp")
    ada = app.user()
    place = app.conversation(ada, type="personal")
    body = {
        "matchCriteria": {"type": "whatsapp", "integrationId": id, "phoneNumber": "+15145555555"},
        "confirmation": {"type": "immediate"},
        "target": {"conversationId": place},
    }
    made = app.post(f"{app.app}/users/{ada}/clients", body)
    assert made.status == 201, made
    assert sent(app, place, integrationId=id).codes == ["bad_request"]

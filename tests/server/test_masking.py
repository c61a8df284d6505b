"""The app's setting maskCreditCardNumbers: what is stored and what is answered."""

from __future__ import annotations

from typing import Any

import pytest

from tests.live import Caller

CARD, HIDDEN = "4111-1111-1111-1111", "****-****-****-1111"


def app_with(account: Caller, **settings: bool) -> Caller:
    made = account.post("/v2/apps", {"displayName": "test", "settings": {"multiConvoEnabled": True, **settings}}).json[
        "app"
    ]["id"]
    return Caller(account.url, account.key_id, account.secret, made)


def posted(app: Caller, conversation: str, content: dict[str, Any], author: dict[str, Any] | None = None) -> Any:
    answer = app.post(app.messages(conversation), {"author": author or {"type": "business"}, "content": content})
    assert answer.status == 201, answer
    [message] = answer.json["messages"]
    assert app.get(app.messages(conversation)).json["messages"][-1] == message
    return message


@pytest.mark.parametrize("settings", [{}, {"maskCreditCardNumbers": True}])
def test_a_card_is_masked_for_the_business_and_for_users(account: Caller, settings: dict[str, bool]) -> None:
    app = app_with(account, **settings)
    user = app.user()
    place = app.conversation(user)
    content = {"type": "text", "text": f"it is {CARD}", "payload": CARD}
    for author in ({"type": "business"}, {"type": "user", "userId": user}):
        message = posted(app, place, content, author)
        assert message["content"] == {"type": "text", "text": f"it is {HIDDEN}", "payload": CARD}


def test_markdown_and_cards_of_a_carousel_are_masked_after_they_were_made(account: Caller) -> None:
    app = app_with(account)
    place = app.conversation()
    found = posted(app, place, {"type": "text", "markdownText": f"**{CARD}** at <https://a.example/4111111111111111>"})
    assert found["content"]["htmlText"] == (
        f'<p><strong>{HIDDEN}</strong> at <a href="https://a.example/4111111111111111">'
        "https://a.example/4111111111111111</a></p>"
    )
    assert found["content"]["text"] == f"{HIDDEN} at https://a.example/4111111111111111"
    item = {"title": CARD, "actions": [{"type": "link", "text": "More", "uri": f"https://a.example/{CARD}"}]}
    found = posted(app, place, {"type": "carousel", "items": [item]})
    assert found["content"]["items"][0]["title"] == HIDDEN
    assert found["content"]["text"] == f"1. {HIDDEN}\nMore: https://a.example/{CARD}"


def test_metadata_and_templates_are_for_programs(account: Caller) -> None:
    app = app_with(account)
    template = {"type": "template", "template": {"name": CARD}}
    body = {
        "author": {"type": "business"},
        "content": template,
        "schema": "whatsapp",
        "metadata": {"card": CARD},
    }
    [message] = app.post(app.messages(app.conversation()), body).json["messages"]
    assert (message["content"], message["metadata"]) == (template, {"card": CARD})


def test_nothing_is_masked_in_an_app_that_is_set_not_to(account: Caller) -> None:
    app = app_with(account, maskCreditCardNumbers=False)
    content = {"type": "text", "text": CARD}
    assert posted(app, app.conversation(), content)["content"] == content


def test_a_change_of_the_setting_counts_from_the_next_message(account: Caller) -> None:
    app = app_with(account)
    place = app.conversation()
    content = {"type": "text", "text": CARD}
    for wanted, shown in ((False, CARD), (True, HIDDEN), (False, CARD)):
        changed = app.send("PATCH", app.app, {"settings": {"maskCreditCardNumbers": wanted}})
        assert changed.status == 200, changed
        assert posted(app, place, content)["content"]["text"] == shown
    texts = [each["content"]["text"] for each in app.get(app.messages(place)).json["messages"]]
    assert texts == [CARD, HIDDEN, CARD]  # what was said before stays as it was


def test_the_text_of_an_ai_is_stored_as_it_was_said(account: Caller) -> None:
    """A disclaimer is for channels, and none is reached from here."""
    app = app_with(account)
    author = {"type": "business", "subtypes": ["AI"]}
    content = {"type": "text", "text": "It will rain."}
    message = posted(app, app.conversation(), content, author)
    assert (message["author"], message["content"]) == (author, content)

"""The app's setting useAnimalNames: what people are called who have not told their name."""

from __future__ import annotations

import re
from typing import Any

from tests.live import Caller


def app_with(account: Caller, **settings: bool) -> Caller:
    made = account.post("/v2/apps", {"displayName": "test", "settings": {"multiConvoEnabled": True, **settings}}).json[
        "app"
    ]["id"]
    return Caller(account.url, account.key_id, account.secret, made)


def author(app: Caller, conversation: str, **said: Any) -> Any:
    body = {"author": said, "content": {"type": "text", "text": "hello"}}
    answer = app.post(app.messages(conversation), body)
    assert answer.status == 201, answer
    return answer.json["messages"][0]["author"]


def test_a_user_without_a_name_has_the_same_animals_name_in_every_message(account: Caller) -> None:
    app = app_with(account, useAnimalNames=True)
    ada, bob = app.user(externalId="ada"), app.user()
    places = [app.conversation(ada, bob), app.conversation(ada, bob)]
    names = {author(app, place, type="user", userExternalId="ada")["displayName"] for place in places}
    assert len(names) == 1
    assert re.fullmatch("[A-Z][a-z]+ [A-Z][a-z]+", names.pop())
    assert author(app, places[0], type="user", userId=bob)["displayName"]


def test_a_name_that_is_known_or_said_is_used(account: Caller) -> None:
    app = app_with(account, useAnimalNames=True)
    ada = app.user(profile={"surname": "Lovelace"})
    bob = app.user(profile={"avatarUrl": "https://a.example/b.png"})
    place = app.conversation(ada, bob)
    assert author(app, place, type="user", userId=ada)["displayName"] == "Lovelace"
    assert author(app, place, type="user", userId=bob, displayName="Bob")["displayName"] == "Bob"
    assert author(app, place, type="user", userId=bob)["avatarUrl"] == "https://a.example/b.png"
    assert "displayName" not in author(app, place, type="business")


def test_without_the_setting_they_stay_without_a_name(account: Caller) -> None:
    for app in (app_with(account), app_with(account, useAnimalNames=False)):
        ada = app.user()
        assert author(app, app.conversation(ada), type="user", userId=ada) == {"type": "user", "userId": ada}


def test_the_name_is_the_messages_and_not_the_users(account: Caller) -> None:
    app = app_with(account, useAnimalNames=True)
    ada = app.user()
    author(app, app.conversation(ada), type="user", userId=ada)
    assert app.get(f"{app.app}/users/{ada}").json["user"]["profile"] == {}

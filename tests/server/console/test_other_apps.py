"""What is of another app stays there: no page of one's own shows it, no form changes it, whatever ids it says."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from parhelion.server.console import GET, POST
from tests.live import Caller
from tests.server.console.visiting import CONSOLE, Visitor

SECRET = "nobody elses"
GONE = {"delete", "delete-all"}


@dataclass
class Theirs:
    """An app in which there is one of each, as its owner sees it."""

    who: Caller
    ids: dict[str, str] = field(default_factory=dict)

    def path(self, path: str, app: Caller) -> str:
        """A path of the console's table with their ids, in an app."""
        ids = {**self.ids, "app_id": app.app_id}
        return CONSOLE + re.sub(r"\{(\w+)\}", lambda found: ids[found[1]], path)

    def all(self) -> list[Any]:
        app, ids = self.who.app, self.ids
        paths = [app, f"{app}/conversations/{ids['conversation_id']}", self.who.messages(ids["conversation_id"])]
        paths += [f"{app}/integrations", f"{app}/integrations/{ids['integration_id']}/keys", f"{app}/switchboards"]
        paths.append(f"{app}/switchboards/{ids['switchboard_id']}/switchboardIntegrations")
        return [self.who.get(path).json for path in paths]


@pytest.fixture
def theirs(account: Caller) -> Theirs:
    made = account.post("/v2/apps", {"displayName": SECRET}).json["app"]["id"]
    key = account.post(f"/v2/apps/{made}/keys", {"displayName": SECRET}).json["key"]
    who = Caller(account.url, key["id"], key["secret"], made)
    webhook = {"target": "https://example.invalid/nobody", "triggers": ["conversation:message"]}
    body = {"type": "custom", "displayName": SECRET, "webhooks": [webhook]}
    integration = who.post(f"{who.app}/integrations", body).json["integration"]
    board = who.post(f"{who.app}/switchboards", {}).json["switchboard"]["id"]
    places = f"{who.app}/switchboards/{board}/switchboardIntegrations"
    place = who.post(places, {"name": "nobody", "integrationId": integration["id"]}).json["switchboardIntegration"]
    conversation = who.conversation(who.user(externalId="u", profile={"givenName": SECRET}), displayName=SECRET)
    message, webhook_id = who.say(conversation, SECRET)["id"], integration["webhooks"][0]["id"]
    keys = f"{who.app}/integrations/{integration['id']}/keys"
    ids = {
        "conversation_id": conversation,
        "message_id": message,
        "integration_id": integration["id"],
        "webhook_id": webhook_id,
        "key_id": who.post(keys, {"displayName": SECRET}).json["key"]["id"],
        "switchboard_id": board,
        "place_id": place["id"],
    }
    end = time.monotonic() + 20
    deliveries = f"/parhelion/v1/apps/{made}/webhooks/{webhook_id}/deliveries"
    while not (found := who.get(deliveries).json["deliveries"]):
        assert time.monotonic() < end, "there is no delivery"
    return Theirs(who, {**ids, "event_id": found[0]["eventId"]})


@pytest.fixture
def visitor(app: Caller) -> Visitor:
    made = Visitor(app.url)
    assert made.sign_in(app).status == 303
    return made


def test_no_page_shows_what_is_of_another_app(app: Caller, theirs: Theirs, visitor: Visitor) -> None:
    owner = Visitor(app.url)
    owner.sign_in(theirs.who)
    for path, _ in GET:
        if "{app_id}" not in path or path.endswith("/live"):
            continue
        assert owner.see(theirs.path(path, theirs.who)).status == 200, path
        answer = visitor.see(theirs.path(path, app))
        assert answer.status in (200, 404), (path, answer)
        assert SECRET.encode() not in answer.body, path
        assert b"example.invalid/nobody" not in answer.body, path
    assert SECRET.encode() not in visitor.see(theirs.path("/apps/{app_id}/conversations?find=nobody", app)).body


def test_no_form_changes_what_is_of_another_app(app: Caller, theirs: Theirs, visitor: Visitor) -> None:
    before, token, ids = theirs.all(), visitor.token, theirs.ids
    said = {
        **dict.fromkeys(("words", "name", "rename", "external", "payload", "text", "enabled"), "x"),
        "what": "pass",
        "kind": "postback",
        "target": "https://example.org/x",
        "trigger": "conversation:message",
        "whom": ids["place_id"],
        "default": ids["place_id"],
        "integration": ids["integration_id"],
        "message": ids["message_id"],
        "voice": "",
    }
    for path, _ in POST:
        if "{app_id}" in path:
            answer = visitor.tell(theirs.path(path, app), token, **said)
            assert answer.status in (303, 400, 403, 404) or path.endswith("/preview"), (path, answer)
            assert SECRET.encode() not in answer.body, path
    assert theirs.all() == before


def test_text_that_nothing_can_be_called_is_refused_by_every_form(theirs: Theirs) -> None:
    owner = Visitor(theirs.who.url)
    owner.sign_in(theirs.who)
    names = ("words", "name", "rename", "external", "payload", "text", "whom", "default", "integration", "message")
    said = dict.fromkeys((*names, "voice", "target", "trigger", "file", "kind", "what"), "\0")
    for path, _ in POST:
        if "{app_id}" in path and not GONE & set(path.split("/")):
            assert owner.tell(theirs.path(path, theirs.who), **said).status < 500, path

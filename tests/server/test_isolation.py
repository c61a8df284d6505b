"""Nothing of one app is told to, or changed by, whoever has the key of another, whatever ids they have guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import pytest

from parhelion.operations._operation import wire_name
from tests.everything import TABLE, Things, request, thing_in, upload
from tests.live import Caller
from tests.server.asking import app_key, integration_key, send

WITH_IDS = [name for name, each in TABLE.items() if each.in_app and each.path.count("{") > 1]


def dump(account: Caller, things: Things) -> dict[str, Any]:
    """All that the API tells of an app."""
    app, user = f"/v2/apps/{things['appId']}", things["userId"]
    board, bot = things["switchboardId"], things["integrationId"]
    paths = [
        *(app, f"{app}/keys", f"{app}/integrations", f"{app}/integrations/{bot}/keys"),
        *(f"{app}/integrations/{bot}/webhooks", f"{app}/switchboards"),
        *(f"{app}/switchboards/{board}/switchboardIntegrations", f"{app}/conversations?filter[userId]={user}"),
        *(f"{app}/users/{each}" for each in (user, things["otherUserId"])),
        *(f"{app}/users/{user}/{each}" for each in ("clients", "devices")),
    ]
    for conversation in (things["conversationId"], things["defaultConversationId"]):
        here = f"{app}/conversations/{conversation}"
        paths += [here, f"{here}/participants", f"{here}/messages"]
    found = {path: account.get(path) for path in paths}
    assert {path: each.status for path, each in found.items() if each.status != 200} == {}
    shown = account.get(things["mediaUrl"].removeprefix(account.url))
    return {path: each.json for path, each in found.items()} | {"attachment": (shown.status, shown.body)}


def guesses(name: str) -> Iterator[set[str]]:
    """Which ids of the path are guessed, while the others are the asker's own: all of them, or some."""
    path = TABLE[name].path
    ids = [thing_in(wire_name(part[1:-1]), path) for part in path.split("/") if part.startswith("{")]
    for several in range(1, len(ids)):
        yield from map(set, combinations(ids[1:], several))


@pytest.mark.parametrize("name", WITH_IDS)
def test_the_ids_of_another_app_lead_nowhere(name: str, account: Caller, ours: Things, theirs: Things) -> None:
    before = dump(account, ours), dump(account, theirs)
    asker = app_key(account, theirs) if "app" in TABLE[name].scopes else account
    for guessed in guesses(name):
        for known in ours, ours | {"userIdOrExternalId": ours["externalId"]}:
            method, path, body = request(name, theirs | {each: known[each] for each in guessed})
            answer = send(asker, method, path, body)
            assert answer.status in (403, 404), (method, path, answer)
    assert (dump(account, ours), dump(account, theirs)) == before


def shows(things: Things) -> Any:
    return {"type": "file", "mediaUrl": things["mediaUrl"]}


# Operations asked in their own app, with the ids of ours in the body or in the query.
GUESSES: dict[str, tuple[str, Callable[[Things, Things], Any]]] = {
    "a participant": ("CreateConversation", lambda ours, _: {"type": "sdkGroup", "participants": [by(ours)]}),
    "who joins": ("JoinConversation", lambda ours, _: by(ours)),
    "who leaves": ("LeaveConversation", lambda ours, _: by(ours)),
    "a participant who leaves": ("LeaveConversation", lambda ours, _: {"participantId": ours["participantId"]}),
    "who speaks": (
        "PostMessage",
        lambda ours, _: {"author": {"type": "user", **by(ours)}, "content": {"type": "text", "text": "x"}},
    ),
    "who reads": (
        "PostActivity",
        lambda ours, _: {"author": {"type": "user", **by(ours)}, "type": "conversation:read"},
    ),
    "who presses": (
        "PostPostback",
        lambda ours, theirs: {
            "author": {"type": "user", **by(ours)},
            "messageId": theirs["messageId"],
            "payload": "yes",
        },
    ),
    "what is pressed": (
        "PostPostback",
        lambda ours, theirs: {
            "author": {"type": "user", **by(theirs)},
            "messageId": ours["messageId"],
            "payload": "yes",
        },
    ),
    "who gets control": ("PassControl", lambda ours, _: {"switchboardIntegration": ours["switchboardIntegrationId"]}),
    "who is offered control": (
        "OfferControl",
        lambda ours, _: {"switchboardIntegration": ours["switchboardIntegrationId"]},
    ),
    "a default": (
        "UpdateSwitchboard",
        lambda ours, _: {"defaultSwitchboardIntegrationId": ours["switchboardIntegrationId"]},
    ),
    "an integration in a switchboard": (
        "CreateSwitchboardIntegration",
        lambda ours, _: {"name": "guessed", "integrationId": ours["integrationId"]},
    ),
    "who comes next": (
        "CreateSwitchboardIntegration",
        lambda ours, theirs: {
            "name": "guessed",
            "integrationId": theirs["channelId"],
            "nextSwitchboardIntegrationId": ours["switchboardIntegrationId"],
        },
    ),
    "who comes next from now on": (
        "UpdateSwitchboardIntegration",
        lambda ours, _: {"nextSwitchboardIntegrationId": ours["activeSwitchboardIntegrationId"]},
    ),
    "who responds first": (
        "CreateIntegration",
        lambda ours, _: {"type": "web", "defaultResponderId": ours["switchboardIntegrationId"]},
    ),
    "a channel": ("CreateClient", lambda ours, theirs: linking(theirs | {"channelId": ours["channelId"]})),
    "a conversation to be linked to": (
        "CreateClient",
        lambda ours, theirs: linking(theirs | {"defaultConversationId": ours["defaultConversationId"]}),
    ),
    "a file": ("DeleteAttachment", lambda ours, _: {"mediaUrl": ours["mediaUrl"]}),
    "who taps": ("DownloadMessageRef", lambda ours, theirs: request("DownloadMessageRef", theirs)[2] | by(ours)),
}


def by(things: Things) -> dict[str, str]:
    return {"userId": things["userId"]}


def linking(things: Things) -> Any:
    return request("CreateClient", things)[2]


@pytest.mark.parametrize("guess", GUESSES)
def test_an_id_of_another_app_in_a_body_is_not_found(guess: str, account: Caller, ours: Things, theirs: Things) -> None:
    name, body = GUESSES[guess]
    before = dump(account, ours), dump(account, theirs)
    method, path, _ = request(name, theirs)
    answer = send(app_key(account, theirs), method, path, body(ours, theirs))
    assert answer.status in (400, 404), answer
    assert (dump(account, ours), dump(account, theirs)) == before
    # The same with an id that nobody has tells the same: whether a thing exists elsewhere is not to be learned.
    nobody = ours | {key: "0123456789abcdef01234567" for key in ours if key.endswith("Id")}
    nobody["mediaUrl"] = ours["mediaUrl"].replace(ours["mediaUrl"].split("/")[-2], "0" * 26)
    unknown = send(app_key(account, theirs), method, path, body(nobody, theirs))
    assert (unknown.status, unknown.codes) == (answer.status, answer.codes)


def test_an_id_of_another_app_in_a_query_is_not_found(account: Caller, ours: Things, theirs: Things) -> None:
    caller, app = app_key(account, theirs), f"/v2/apps/{theirs['appId']}"
    assert caller.get(f"{app}/conversations?filter[userId]={ours['userId']}").codes == ["user_not_found"]
    upload_to = f"{app}/attachments?access=public&conversationId={ours['conversationId']}"
    assert send(caller, "POST", upload_to, upload()).codes == ["conversation_not_found"]
    listed = caller.get(f"{app}/users?filter[identities.email]=ada@example.org").json["users"]
    assert [each["id"] for each in listed] == [theirs["userId"]]


def test_a_file_of_another_app_does_not_go_with_a_message_that_shows_it(
    account: Caller, ours: Things, theirs: Things
) -> None:
    caller, app = app_key(account, theirs), f"/v2/apps/{theirs['appId']}"
    mine = f"/v2/apps/{ours['appId']}/attachments?access=public&for=message"
    media = send(account, "POST", mine, upload()).json["attachment"]["mediaUrl"]
    messages = f"{app}/conversations/{theirs['conversationId']}/messages"
    body = {"author": {"type": "business"}, "content": shows({"mediaUrl": media})}
    posted = caller.post(messages, body).json["messages"][0]["id"]
    assert caller.delete(f"{messages}/{posted}").status == 200
    assert account.get(media.removeprefix(account.url)).status == 200


WEBHOOKS = [name for name, each in TABLE.items() if "{integration_id}/webhooks" in each.path]


@pytest.mark.parametrize("name", WEBHOOKS)
def test_an_integration_reaches_the_webhooks_of_no_other(name: str, account: Caller, ours: Things) -> None:
    app = f"/v2/apps/{ours['appId']}"
    another = account.post(f"{app}/integrations", {"type": "web"}).json["integration"]["id"]
    hooks = f"{app}/integrations/{another}/webhooks"
    hook = {"target": "https://example.org/another", "triggers": ["conversation:read"]}
    webhook = account.post(hooks, hook).json["webhook"]["id"]
    before = account.get(hooks).json
    things = ours | {"integrationId": another, "webhookId": webhook}
    assert send(integration_key(account, ours), *request(name, things)).codes == ["forbidden"]
    # Nor under its own name, nor as `me`: that webhook is not there.
    for own in ours["integrationId"], "me":
        if "{webhook_id}" in TABLE[name].path:
            answer = send(integration_key(account, ours), *request(name, things | {"integrationId": own}))
            assert answer.codes == ["not_found"]
    assert account.get(hooks).json == before
    assert account.delete(f"{app}/integrations/{another}").status == 200


@pytest.mark.parametrize("name", WEBHOOKS)
def test_me_is_the_integration_whose_key_it_is(name: str, account: Caller, make: Callable[[], Things]) -> None:
    things = make()
    asked = request(name, things | {"integrationId": "me"})
    assert send(integration_key(account, things), *asked).status == TABLE[name].status
    # To nobody else is it a name.
    assert send(app_key(account, things), *asked).codes == ["integration_not_found"]

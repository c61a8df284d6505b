"""Conversations over HTTP: whose they are, what can be changed, and what stays when they go."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.live import Answer, Caller, Live

UNKNOWN = "0" * 24


def path(app: Caller, conversation: str) -> str:
    return f"{app.app}/conversations/{conversation}"


def get(app: Caller, conversation: str) -> Any:
    return app.get(path(app, conversation)).json["conversation"]


def listed(app: Caller, query: str) -> Answer:
    return app.get(f"{app.app}/conversations?{query}")


def patch(app: Caller, conversation: str, body: Any) -> Answer:
    return app.send("PATCH", path(app, conversation), body)


def app_with(account: Caller, live: Live, **settings: Any) -> Caller:
    made = account.post("/v2/apps", {"displayName": "test", "settings": settings}).json["app"]["id"]
    return Caller(live.url, account.key_id, account.secret, made)


def test_only_the_first_personal_conversation_of_a_user_is_the_default(app: Caller) -> None:
    ada = app.user()
    group = app.conversation(ada)
    first, second = app.conversation(ada, type="personal"), app.conversation(ada, type="personal")
    assert [get(app, each)["isDefault"] for each in (group, first, second)] == [False, True, False]


def test_of_many_first_personal_conversations_at_once_one_is_the_default(app: Caller) -> None:
    ada = app.user()
    with ThreadPoolExecutor(8) as together:
        made = list(together.map(lambda _: app.conversation(ada, type="personal"), range(16)))
    assert sum(get(app, each)["isDefault"] for each in made) == 1


def test_a_user_is_listed_with_their_conversations_only_and_in_order(app: Caller) -> None:
    ada, bob = app.user(externalId="ada"), app.user(externalId="b&b=ü")
    mine = [app.conversation(ada), app.conversation(ada, bob), app.conversation(ada, type="personal")]
    app.conversation()
    for query in (f"filter[userId]={ada}", "filter[userExternalId]=ada", 'filter={"userExternalId":"ada"}'):
        answer = listed(app, query.replace('"', "%22"))
        assert [each["id"] for each in answer.json["conversations"]] == mine
        assert answer.json["meta"] == {"hasMore": False}
    for each in answer.json["conversations"]:
        assert each == get(app, each["id"])
    assert [each["id"] for each in listed(app, f"filter[userId]={bob}").json["conversations"]] == [mine[1]]
    assert listed(app, f"filter[userId]={app.user()}").json == {"conversations": [], "meta": {"hasMore": False}}


def test_pages_of_conversations_keep_the_filter_in_their_links(app: Caller) -> None:
    bob = app.user(externalId="b&b=ü")
    made = [app.conversation(bob) for _ in range(5)]
    answer = listed(app, "filter[userExternalId]=b%26b%3D%C3%BC&page[size]=2")
    walked = [[each["id"] for each in answer.json["conversations"]]]
    while link := answer.json.get("links", {}).get("next"):
        answer = app.get(link.removeprefix(app.url))
        walked.append([each["id"] for each in answer.json["conversations"]])
    assert walked == [made[:2], made[2:4], made[4:]]
    answer = app.get(answer.json["links"]["prev"].removeprefix(app.url))
    assert [each["id"] for each in answer.json["conversations"]] == made[2:4]
    assert answer.json["meta"] == {"hasMore": True, "beforeCursor": made[2], "afterCursor": made[3]}


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 400, "bad_request"),
        ("filter[userId]={ada}&filter[userExternalId]=ada", 400, "bad_request"),
        ("filter[userExternalId]=", 400, "bad_request"),
        ("filter[user]=x", 400, "bad_request"),
        ("filter=x", 400, "bad_request"),
        ("filter={}", 400, "bad_request"),
        ("filter[userId]={ada}&page[before]=x", 400, "bad_request"),
        ("filter[userId]={ada}&page[size]=101", 400, "bad_request"),
        ("filter[userId]=ada", 404, "user_not_found"),
        ("filter[userId]=", 404, "user_not_found"),
        ("filter[userExternalId]={ada}", 404, "user_not_found"),
    ],
)
def test_a_list_of_conversations_is_asked_for_one_user_who_exists(
    app: Caller, query: str, status: int, code: str
) -> None:
    ada = app.user(externalId="ada")
    answer = listed(app, query.replace("{ada}", ada))
    assert (answer.status, answer.codes[0]) == (status, code)


def test_a_user_of_another_app_has_no_conversations_here(app: Caller, account: Caller, live: Live) -> None:
    other = app_with(account, live)
    stranger = other.user(externalId="ada")
    theirs = other.conversation(stranger)
    assert listed(app, f"filter[userId]={stranger}").codes == ["user_not_found"]
    assert listed(app, "filter[userExternalId]=ada").codes == ["user_not_found"]
    for answer in (app.get(path(app, theirs)), patch(app, theirs, {}), app.delete(path(app, theirs))):
        assert (answer.status, answer.codes) == (404, ["conversation_not_found"])
    body = {"type": "sdkGroup", "participants": [{"userId": stranger}]}
    assert app.post(f"{app.app}/conversations", body).codes == ["user_not_found"]
    assert get(other, theirs)["id"] == theirs


def test_a_change_says_what_changes_and_no_more(app: Caller) -> None:
    said = {"displayName": "Old", "description": "Text", "iconUrl": "https://a.example/i.png"}
    place = app.conversation(**said, metadata={"a": 1, "b": "x", "c": True})
    before = get(app, place)
    answer = patch(app, place, {"displayName": "New", "iconUrl": None, "metadata": {"a": 2, "b": None, "d": 1.5}})
    assert answer.status == 200
    after = {name: value for name, value in before.items() if name != "iconUrl"}
    after |= {"displayName": "New", "metadata": {"a": 2, "c": True, "d": 1.5}}
    assert answer.json["conversation"] == after == get(app, place)
    assert patch(app, place, {}).json["conversation"] == after
    assert patch(app, place, {"metadata": None}).json["conversation"].keys() == after.keys() - {"metadata"}


def test_what_nobody_may_change_stays(app: Caller) -> None:
    place = app.conversation()
    before = get(app, place)
    body = {"id": UNKNOWN, "type": "personal", "isDefault": True, "createdAt": None, "lastUpdatedAt": None, "x": 1}
    assert patch(app, place, body).json["conversation"] == before


def test_a_change_does_not_move_the_last_update(app: Caller, conversation: str) -> None:
    posted = app.say(conversation)
    answer = patch(app, conversation, {"displayName": "x"})
    assert answer.json["conversation"]["lastUpdatedAt"] == posted["received"]


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ({"displayName": ""}, "displayName: "),
        ({"displayName": "x" * 101}, "displayName: "),
        ({"description": 3}, "description: "),
        ({"iconUrl": "javascript:alert(1)"}, "iconUrl: should be an absolute http or https address"),
        ({"metadata": {"a": {}}}, "metadata"),
        ({"metadata": {"a": ["x"]}}, "metadata"),
        ({"metadata": {"b": "x" * 3000}}, "Conversation metadata is limited to 4096 bytes in size."),
        ([], ""),
    ],
)
def test_a_change_that_is_not_right_changes_nothing(app: Caller, body: Any, title: str) -> None:
    place = app.conversation(metadata={"a": "x" * 2000}, displayName="Name")
    before = get(app, place)
    answer = patch(app, place, body)
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles[0].startswith(title)
    assert get(app, place) == before


def test_changes_at_the_same_time_are_all_kept(app: Caller) -> None:
    place = app.conversation()
    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda number: patch(app, place, {"metadata": {f"k{number}": number}}), range(32)))
    assert {answer.status for answer in answers} == {200}
    assert get(app, place)["metadata"] == {f"k{number}": number for number in range(32)}


def test_a_conversation_that_is_deleted_is_gone_for_everybody(app: Caller) -> None:
    ada = app.user()
    place, stays = app.conversation(ada), app.conversation(ada)
    posted = app.say(place)
    answer = app.delete(path(app, place))
    assert (answer.status, answer.json) == (200, {})
    messages = app.messages(place)
    read = {"author": {"type": "business"}, "type": "conversation:read"}
    for answer in (
        app.get(path(app, place)),
        app.delete(path(app, place)),
        patch(app, place, {}),
        app.get(messages),
        app.delete(messages),
        app.delete(f"{messages}/{posted['id']}"),
        app.post(messages, {"author": {"type": "business"}, "content": {"type": "text", "text": "x"}}),
        app.get(f"{path(app, place)}/participants"),
        app.post(f"{path(app, place)}/join", {"userId": ada}),
        app.post(f"{path(app, place)}/leave", {"userId": ada}),
        app.post(f"{path(app, place)}/activity", read),
        app.upload(b"x", query=f"access=public&conversationId={place}"),
    ):
        assert (answer.status, answer.codes) == (404, ["conversation_not_found"])
    assert [each["id"] for each in listed(app, f"filter[userId]={ada}").json["conversations"]] == [stays]


def test_the_default_conversation_cannot_be_deleted_and_others_of_the_user_can(app: Caller) -> None:
    ada = app.user()
    default, other = app.conversation(ada, type="personal"), app.conversation(ada, type="personal")
    answer = app.delete(path(app, default))
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles == [f"Conversation {default} cannot be deleted because it is the default."]
    assert app.delete(path(app, other)).status == 200
    assert get(app, default)["isDefault"] is True


def test_posts_while_a_conversation_is_deleted_are_kept_or_refused_and_nothing_else(app: Caller) -> None:
    place = app.conversation()
    hello = {"author": {"type": "business"}, "content": {"type": "text", "text": "x"}}

    def act(number: int) -> int:
        return app.delete(path(app, place)).status if number == 20 else app.post(app.messages(place), hello).status

    with ThreadPoolExecutor(8) as together:
        statuses = list(together.map(act, range(60)))
    assert statuses[20] == 200
    assert set(statuses) <= {200, 201, 404}
    assert app.get(app.messages(place)).codes == ["conversation_not_found"]


def test_where_users_are_in_one_conversation_only_a_second_one_is_refused(account: Caller, live: Live) -> None:
    app = app_with(account, live, multiConvoEnabled=False)
    ada, bob = app.user(externalId="ada"), app.user()
    app.conversation(ada, type="personal")
    group = app.conversation()
    for body in (
        {"type": "personal", "participants": [{"userId": ada}]},
        {"type": "sdkGroup", "participants": [{"userId": bob}, {"userId": ada}]},
    ):
        answer = app.post(f"{app.app}/conversations", body)
        assert (answer.status, answer.codes) == (400, ["bad_request"])
        assert answer.titles[0].startswith("participants: ")
    joined = app.post(f"{path(app, group)}/join", {"userExternalId": "ada"})
    assert (joined.status, joined.codes) == (400, ["bad_request"])
    assert joined.titles[0].startswith("userExternalId: ")
    # Nothing happened: bob is as free as before.
    assert app.post(f"{path(app, group)}/join", {"userId": bob}).status == 201
    assert app.post(f"{path(app, group)}/leave", {"userId": bob}).status == 200
    assert app.conversation(bob, type="personal")


def test_where_users_are_in_one_conversation_only_one_of_many_at_once_is_made(account: Caller, live: Live) -> None:
    app = app_with(account, live, multiConvoEnabled=False)
    ada = app.user()
    group = app.conversation()

    def enter(number: int) -> int:
        if number % 2:
            return app.post(f"{path(app, group)}/join", {"userId": ada}).status
        body = {"type": "personal", "participants": [{"userId": ada}]}
        return app.post(f"{app.app}/conversations", body).status

    with ThreadPoolExecutor(8) as together:
        statuses = list(together.map(enter, range(16)))
    assert len(listed(app, f"filter[userId]={ada}").json["conversations"]) == 1
    assert set(statuses) <= {201, 400}


REF = {"url": "u", "bid": "b", "key": "k", "signature": "s", "owner": "o"}


def test_a_reference_of_apple_is_checked_and_never_pretended_to_be_followed(app: Caller, conversation: str) -> None:
    there = f"{path(app, conversation)}/download"
    body = {"userId": app.user(), "apple": {"interactiveDataRef": REF}}
    assert app.post(there, body).codes == ["not_supported"]
    assert app.post(there, body | {"userId": UNKNOWN}).codes == ["user_not_found"]
    assert app.post(f"{path(app, UNKNOWN)}/download", body).codes == ["conversation_not_found"]
    for wrong in (
        {"apple": body["apple"]},
        {"userId": body["userId"]},
        body | {"apple": {}},
        body | {"apple": {"interactiveDataRef": {"url": "u"}}},
    ):
        assert app.post(there, wrong).codes[0] == "bad_request"


def test_conversion_events_are_checked_and_never_pretended_to_be_received(app: Caller, conversation: str) -> None:
    there = f"{path(app, conversation)}/conversionEvents"
    events = {"payload": {"data": [{"event_name": "Purchase", "event_time": 1}]}}
    for channel in ("messenger", "instagram", "whatsapp"):
        answer = app.post(there, {channel: events})
        assert (answer.status, answer.codes) == (400, ["not_supported"])
        assert app.post(f"{path(app, UNKNOWN)}/conversionEvents", {channel: events}).status == 404
    for wrong in (
        {},
        {"messenger": events, "whatsapp": events},
        {"telegram": events},
        {"messenger": {}},
        {"messenger": {"payload": {}}},
        {"messenger": {"payload": {"data": []}}},
        {"messenger": {"payload": {"data": [3]}}},
    ):
        assert app.post(there, wrong).codes == ["bad_request"]

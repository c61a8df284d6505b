"""Participants over HTTP: who comes in, with which client, what is unread to them, and who leaves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.live import Answer, Caller, Live

UNKNOWN = "0" * 24


def there(app: Caller, conversation: str, what: str) -> str:
    return f"{app.app}/conversations/{conversation}/{what}"


def join(app: Caller, conversation: str, **body: Any) -> Answer:
    return app.post(there(app, conversation, "join"), body)


def leave(app: Caller, conversation: str, **body: Any) -> Answer:
    return app.post(there(app, conversation, "leave"), body)


def participants(app: Caller, conversation: str) -> list[dict[str, Any]]:
    answer = app.get(there(app, conversation, "participants?page[size]=100"))
    assert answer.status == 200, answer
    return answer.json["participants"]


def say_as(app: Caller, conversation: str, user: str) -> dict[str, Any]:
    body = {"author": {"type": "user", "userId": user}, "content": {"type": "text", "text": "x"}}
    answer = app.post(app.messages(conversation), body)
    assert answer.status == 201, answer
    return answer.json["messages"][0]


def test_who_joins_is_answered_and_listed(app: Caller, conversation: str) -> None:
    ada, bob = app.user(externalId="ada"), app.user()
    first = join(app, conversation, userExternalId="ada")
    assert first.status == 201
    joined = first.json["participant"]
    assert joined == {
        "id": joined["id"],
        "userId": ada,
        "userExternalId": "ada",
        "unreadCount": 0,
        "clientAssociations": [],
    }
    second = join(app, conversation, userId=bob).json["participant"]
    assert "userExternalId" not in second
    assert participants(app, conversation) == [joined, second]


def test_who_takes_part_from_the_start_is_listed_in_the_order_they_were_named(app: Caller) -> None:
    users = [app.user() for _ in range(10)]
    named = [{"userId": user, "subscribeSDKClient": number % 3 == 1} for number, user in enumerate(users)]
    body = {"type": "sdkGroup", "participants": named}
    place = app.post(f"{app.app}/conversations", body).json["conversation"]["id"]
    found = participants(app, place)
    assert [each["userId"] for each in found] == users
    assert [len(each["clientAssociations"]) for each in found] == [number % 3 == 1 for number in range(10)]


def test_who_is_named_twice_takes_part_once_with_their_client(app: Caller) -> None:
    ada = app.user(externalId="ada")
    named = [{"userId": ada}, {"userExternalId": "ada", "subscribeSDKClient": True}]
    body = {"type": "sdkGroup", "participants": named}
    place = app.post(f"{app.app}/conversations", body).json["conversation"]["id"]
    [found] = participants(app, place)
    assert [each["type"] for each in found["clientAssociations"]] == ["sdk"]


def test_pages_of_participants_lead_through_all_of_them(app: Caller, conversation: str) -> None:
    users = [app.user() for _ in range(5)]
    for user in users:
        join(app, conversation, userId=user)
    answer = app.get(there(app, conversation, "participants?page[size]=2"))
    walked = [[each["userId"] for each in answer.json["participants"]]]
    while link := answer.json.get("links", {}).get("next"):
        answer = app.get(link.removeprefix(app.url))
        walked.append([each["userId"] for each in answer.json["participants"]])
    assert walked == [users[:2], users[2:4], users[4:]]
    assert answer.json["meta"].keys() == {"hasMore", "beforeCursor"}


def test_an_idempotency_key_is_honoured_by_who_is_in_it_already(app: Caller, conversation: str) -> None:
    ada = app.user()
    path = f"{app.app}/conversations/{conversation}"
    app.post(f"{path}/join", {"userId": ada})
    first = app.post(f"{path}/join", {"userId": ada}, idempotency_key="k")
    app.post(f"{path}/leave", {"userId": ada})
    again = app.post(f"{path}/join", {"userId": ada}, idempotency_key="k")
    assert again.body == first.body
    assert again.headers["idempotent-replayed"] == "true"
    assert app.get(f"{path}/participants").json["participants"] == []


def test_joining_twice_changes_nothing_and_answers_who_is_there(app: Caller, conversation: str) -> None:
    ada = app.user(externalId="ada")
    first = join(app, conversation, userId=ada)
    app.say(conversation)
    second = join(app, conversation, userExternalId="ada")
    assert second.status == 201
    assert second.json["participant"] == first.json["participant"] | {"unreadCount": 1}
    assert participants(app, conversation) == [second.json["participant"]]


def test_many_who_join_at_the_same_time_are_one_participant_with_one_client(app: Caller, conversation: str) -> None:
    ada = app.user()
    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda _: join(app, conversation, userId=ada, subscribeSDKClient=True), range(24)))
    assert {answer.status for answer in answers} == {201}
    assert {str(answer.json) for answer in answers} == {str({"participant": participants(app, conversation)[0]})}
    assert len(participants(app, conversation)) == 1
    assert len(app.get(f"{app.app}/users/{ada}/clients").json["clients"]) == 1


def test_an_sdk_client_is_made_once_for_all_conversations_of_a_user(app: Caller, conversation: str) -> None:
    ada = app.user()
    first = join(app, conversation, userId=ada, subscribeSDKClient=True).json["participant"]["clientAssociations"]
    assert [each["type"] for each in first] == ["sdk"]
    body = {"type": "personal", "participants": [{"userId": ada, "subscribeSDKClient": True}]}
    personal = app.post(f"{app.app}/conversations", body).json["conversation"]["id"]
    assert participants(app, personal)[0]["clientAssociations"] == first
    [client] = app.get(f"{app.app}/users/{ada}/clients").json["clients"]
    assert (client["id"], client["type"], client["status"]) == (first[0]["clientId"], "sdk", "active")
    assert client["lastSeen"] == client["linkedAt"]


def test_who_is_there_already_can_have_their_client_come_in_later(app: Caller, conversation: str) -> None:
    ada = app.user()
    before = join(app, conversation, userId=ada).json["participant"]
    for _ in range(2):
        after = join(app, conversation, userId=ada, subscribeSDKClient=True).json["participant"]
        assert after["id"] == before["id"]
        assert [each["type"] for each in after["clientAssociations"]] == ["sdk"]
        assert participants(app, conversation) == [after]
    assert join(app, conversation, userId=ada, subscribeSDKClient=False).json["participant"] == after


def test_many_first_subscriptions_in_many_conversations_make_one_client(app: Caller) -> None:
    ada = app.user()
    places = [app.conversation() for _ in range(12)]
    with ThreadPoolExecutor(8) as together:
        list(together.map(lambda place: join(app, place, userId=ada, subscribeSDKClient=True), places))
    [client] = app.get(f"{app.app}/users/{ada}/clients").json["clients"]
    for place in places:
        assert participants(app, place)[0]["clientAssociations"] == [{"type": "sdk", "clientId": client["id"]}]


@pytest.mark.parametrize("what", [join, leave])
def test_users_are_named_in_one_way(app: Caller, conversation: str, what: Any) -> None:
    ada = app.user(externalId="ada")
    for body in (
        {},
        {"userId": ada, "userExternalId": "ada"},
        {"userId": None},
        {"userId": 3},
        {"userExternalId": ""},
        {"userId": ada, "subscribeSDKClient": "yes"} if what is join else {"userId": ada, "participantId": "x"},
    ):
        answer = what(app, conversation, **body)
        assert (answer.status, answer.codes) == (400, ["bad_request"]), body
    for body in ({"userId": "ada"}, {"userExternalId": ada}, {"userId": UNKNOWN}):
        assert what(app, conversation, **body).codes == ["user_not_found"]
    assert what(app, UNKNOWN, userId=ada).codes == ["conversation_not_found"]
    assert participants(app, conversation) == []


def test_a_personal_conversation_is_neither_joined_nor_left(app: Caller) -> None:
    ada, bob = app.user(), app.user()
    place = app.conversation(ada, type="personal")
    [mine] = participants(app, place)
    for answer in (
        join(app, place, userId=bob),
        join(app, place, userId=ada),
        leave(app, place, userId=ada),
        leave(app, place, participantId=mine["id"]),
    ):
        assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert participants(app, place) == [mine]


def test_there_is_room_for_a_hundred_and_no_more_however_many_come_at_once(app: Caller, conversation: str) -> None:
    with ThreadPoolExecutor(8) as together:
        users = list(together.map(lambda _: app.user(), range(104)))
        for user in users[:96]:
            assert join(app, conversation, userId=user).status == 201
        answers = list(together.map(lambda user: join(app, conversation, userId=user), users[96:]))
    assert sorted(answer.status for answer in answers) == [201] * 4 + [400] * 4
    refused = next(answer for answer in answers if answer.status == 400)
    assert (refused.codes, refused.titles) == (["bad_request"], ["Too many participants"])
    assert len(participants(app, conversation)) == 100
    inside = participants(app, conversation)[0]["userId"]
    assert join(app, conversation, userId=inside).status == 201, "they are in it already"
    assert leave(app, conversation, userId=inside).status == 200
    assert join(app, conversation, userId=inside).status == 201


def test_who_leaves_is_gone_by_whatever_name_they_left(app: Caller, conversation: str) -> None:
    ada = app.user(externalId="ada")
    for named in ("userId", "userExternalId", "participantId"):
        joined = join(app, conversation, userId=ada, subscribeSDKClient=True).json["participant"]
        name = {"userId": ada, "userExternalId": "ada", "participantId": joined["id"]}[named]
        answer = leave(app, conversation, **{named: name})
        assert (answer.status, answer.json) == (200, {})
        assert participants(app, conversation) == []
        again = leave(app, conversation, **{named: name})
        assert (again.status, again.codes) == (404, ["not_found"])
        assert again.titles == ["User is not a member of the conversation"]
    back = join(app, conversation, userId=ada).json["participant"]
    assert back["clientAssociations"] == []
    assert participants(app, conversation) == [back]


def test_who_has_left_cannot_speak_and_what_they_said_stays(app: Caller, conversation: str) -> None:
    ada = app.user()
    join(app, conversation, userId=ada)
    said = say_as(app, conversation, ada)
    leave(app, conversation, userId=ada)
    body = {"author": {"type": "user", "userId": ada}, "content": {"type": "text", "text": "x"}}
    assert app.post(app.messages(conversation), body).codes == ["bad_request"]
    assert app.get(app.messages(conversation)).json["messages"] == [said]
    assert app.get(f"{app.app}/conversations?filter[userId]={ada}").json["conversations"] == []


def test_a_participant_of_another_conversation_is_no_member_of_this_one(app: Caller, conversation: str) -> None:
    elsewhere = app.conversation()
    joined = join(app, elsewhere, userId=app.user()).json["participant"]
    for named in (joined["id"], "", UNKNOWN):
        answer = leave(app, conversation, participantId=named)
        assert (answer.status, answer.codes) == (404, ["not_found"])
    assert participants(app, elsewhere) == [joined]


def test_an_app_never_sees_another_ones_participants(
    app: Caller, account: Caller, live: Live, conversation: str
) -> None:
    ada = app.user(externalId="ada")
    join(app, conversation, userId=ada)
    made = account.post("/v2/apps", {"displayName": "other"}).json["app"]["id"]
    other = Caller(live.url, account.key_id, account.secret, made)
    stranger, place = other.user(externalId="eve"), other.conversation()
    for answer in (
        other.get(there(other, conversation, "participants")),
        join(other, conversation, userId=stranger),
        leave(other, conversation, userExternalId="ada"),
    ):
        assert (answer.status, answer.codes) == (404, ["conversation_not_found"])
    assert join(other, place, userId=ada).codes == ["user_not_found"]
    assert join(app, conversation, userId=stranger).codes == ["user_not_found"]
    assert [each["userId"] for each in participants(app, conversation)] == [ada]


def test_what_was_said_before_somebody_came_is_not_unread_to_them(app: Caller, conversation: str) -> None:
    ada, bob = app.user(), app.user()
    join(app, conversation, userId=ada)
    app.say(conversation)
    assert join(app, conversation, userId=bob).json["participant"]["unreadCount"] == 0
    app.say(conversation)
    assert [each["unreadCount"] for each in participants(app, conversation)] == [2, 1]
    assert all("lastRead" not in each for each in participants(app, conversation))


def test_unread_is_what_others_said_and_is_still_there(app: Caller) -> None:
    ada, bob, eve = app.user(), app.user(), app.user()
    place = app.conversation(ada, bob, eve)

    def unread() -> list[int]:
        return [each["unreadCount"] for each in participants(app, place)]

    said = [app.say(place)["id"] for _ in range(3)]
    assert unread() == [3, 3, 3]
    mine = say_as(app, place, ada)
    assert unread() == [0, 4, 4]
    assert participants(app, place)[0]["lastRead"] == mine["received"]
    app.say(place)
    last = say_as(app, place, bob)
    assert unread() == [2, 0, 6]
    app.delete(f"{app.messages(place)}/{said[0]}")
    assert unread() == [2, 0, 5]
    app.delete(f"{app.messages(place)}/{last['id']}")
    assert unread() == [1, 0, 4]
    app.delete(app.messages(place))
    assert unread() == [0, 0, 0]
    app.say(place)
    assert unread() == [1, 1, 1]

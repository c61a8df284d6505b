"""Activities over HTTP: what reading moves, and that typing leaves nothing behind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.live import Answer, Caller, Live

UNKNOWN = "0" * 24
BUSINESS = {"type": "business"}
READ = "conversation:read"


def act(app: Caller, conversation: str, author: Any, type: str = READ) -> Answer:
    return app.post(f"{app.app}/conversations/{conversation}/activity", {"author": author, "type": type})


def get(app: Caller, conversation: str) -> Any:
    return app.get(f"{app.app}/conversations/{conversation}").json["conversation"]


def participant(app: Caller, conversation: str, user: str) -> Any:
    found = app.get(f"{app.app}/conversations/{conversation}/participants").json["participants"]
    return next(each for each in found if each["userId"] == user)


def test_what_the_business_has_read_is_told_and_moves_nothing_else(app: Caller) -> None:
    ada = app.user()
    place = app.conversation(ada)
    app.say(place)
    before, mine = get(app, place), participant(app, place, ada)
    assert "businessLastRead" not in before
    answer = act(app, place, BUSINESS)
    assert (answer.status, answer.json) == (200, {})
    after = get(app, place)
    assert after.pop("businessLastRead") >= before["lastUpdatedAt"]
    assert after == before
    assert participant(app, place, ada) == mine
    listed = app.get(f"{app.app}/conversations?filter[userId]={ada}").json["conversations"]
    assert listed == [get(app, place)]


def test_what_a_user_has_read_is_unread_no_more(app: Caller) -> None:
    ada, bob = app.user(externalId="ada"), app.user()
    place = app.conversation(ada, bob)
    last = [app.say(place) for _ in range(3)][-1]
    before = get(app, place)
    assert act(app, place, {"type": "user", "userExternalId": "ada"}).status == 200
    read = participant(app, place, ada)
    assert (read["unreadCount"], read["lastRead"]) == (0, last["received"])
    theirs = participant(app, place, bob)
    assert theirs["unreadCount"] == 3
    assert "lastRead" not in theirs
    assert get(app, place) == before
    app.say(place)
    assert participant(app, place, ada) == read | {"unreadCount": 1}


def test_reading_an_empty_conversation_is_fine_and_says_nothing(app: Caller) -> None:
    ada = app.user()
    place = app.conversation(ada)
    before = participant(app, place, ada)
    assert act(app, place, {"type": "user", "userId": ada}).status == 200
    assert participant(app, place, ada) == before


def test_who_came_late_and_reads_has_read(app: Caller) -> None:
    ada = app.user()
    place = app.conversation()
    last = app.say(place)
    app.post(f"{app.app}/conversations/{place}/join", {"userId": ada})
    assert "lastRead" not in participant(app, place, ada)
    act(app, place, {"type": "user", "userId": ada})
    assert participant(app, place, ada)["lastRead"] == last["received"]


@pytest.mark.parametrize("type", ["typing:start", "typing:stop"])
def test_the_business_types_and_nothing_is_kept(app: Caller, conversation: str, type: str) -> None:
    before = get(app, conversation)
    answer = act(app, conversation, BUSINESS, type)
    assert (answer.status, answer.json) == (200, {})
    assert get(app, conversation) == before
    assert app.get(app.messages(conversation)).json["messages"] == []


@pytest.mark.parametrize(
    ("author", "type", "title"),
    [
        ({"type": "user", "userId": "{ada}"}, "typing:start", "type: "),
        ({"type": "user", "userId": "{ada}"}, "typing:stop", "type: "),
        ({"type": "user"}, READ, "author: "),
        ({"type": "user", "userId": "{ada}", "userExternalId": "ada"}, READ, "author: "),
        ({"type": "business", "userId": "{ada}"}, READ, "author.userId: "),
        ({"type": "agent"}, READ, "author.type: "),
        ({"type": "business"}, "conversation:write", "type: "),
        ({"type": "user", "userId": "{bob}"}, READ, "author: "),
    ],
)
def test_an_activity_that_is_not_right_is_refused_and_moves_nothing(
    app: Caller, author: dict[str, str], type: str, title: str
) -> None:
    ada, bob = app.user(externalId="ada"), app.user()
    place = app.conversation(ada)
    app.say(place)
    said = {key: {"{ada}": ada, "{bob}": bob}.get(value, value) for key, value in author.items()}
    before, mine = get(app, place), participant(app, place, ada)
    answer = act(app, place, said, type)
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles[0].startswith(title)
    assert (get(app, place), participant(app, place, ada)) == (before, mine)


def test_an_activity_happens_in_a_conversation_and_by_somebody_who_exists(
    app: Caller, account: Caller, live: Live
) -> None:
    ada = app.user()
    place = app.conversation(ada)
    for type in (READ, "typing:start", "typing:stop"):
        assert act(app, UNKNOWN, BUSINESS, type).codes == ["conversation_not_found"]
    assert act(app, UNKNOWN, {"type": "user", "userId": ada}).codes == ["conversation_not_found"]
    assert act(app, place, {"type": "user", "userId": UNKNOWN}).codes == ["user_not_found"]
    made = account.post("/v2/apps", {"displayName": "other"}).json["app"]["id"]
    other = Caller(live.url, account.key_id, account.secret, made)
    assert act(other, place, BUSINESS).codes == ["conversation_not_found"]
    assert act(other, place, {"type": "user", "userId": ada}).codes == ["user_not_found"]
    assert "businessLastRead" not in get(app, place)

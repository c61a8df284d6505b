"""Pressing a button: ours, for bots under test and for windows that are no SDK."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from parhelion import Author, Client, PostbackPost, TextMessage
from tests.live import Answer, Caller, pages

TEA = {"type": "postback", "text": "Tea, please", "payload": "TEA", "metadata": {"n": 1}}
MORE = {"type": "link", "text": "More", "uri": "https://example.org"}
REPLY = {"type": "reply", "text": "Water", "payload": "WATER"}
ITEM = {"title": "Tea", "actions": [MORE, TEA]}
CONTENTS = [
    {"type": "text", "text": "What would you like?", "actions": [MORE, TEA, REPLY]},
    {"type": "image", "mediaUrl": "https://example.org/tea.png", "actions": [TEA]},
    {"type": "carousel", "items": [{"title": "Cake", "actions": [MORE]}, ITEM]},
    {"type": "list", "items": [ITEM]},
    {"type": "list", "items": [{"title": "Cake", "actions": [MORE]}], "actions": [TEA]},
]


class Place:
    """A conversation of Ada's, with a button in it."""

    def __init__(self, app: Caller) -> None:
        self.app = app
        self.ada = app.user(externalId="ada", profile={"givenName": "Ada"})
        self.id = app.conversation(self.ada)
        self.message = self.say(CONTENTS[0])
        self.press_at = self.path(self.id)

    def path(self, conversation: str) -> str:
        return f"/parhelion/v1/apps/{self.app.app_id}/conversations/{conversation}/postbacks"

    def say(self, content: dict[str, Any]) -> str:
        body = {"author": {"type": "business"}, "content": content}
        answer = self.app.post(self.app.messages(self.id), body)
        assert answer.status == 201, answer
        return str(answer.json["messages"][0]["id"])

    def press(self, *, at: str = "", headers: dict[str, str] | None = None, **said: Any) -> Answer:
        body = {"author": {"type": "user", "userId": self.ada}, "messageId": self.message, "payload": "TEA"} | said
        return self.app.send("POST", at or self.press_at, body, headers)

    @property
    def count(self) -> int:
        return len(pages(self.app, self.id))


def echoing(account: Caller, *, on: bool) -> Place:
    made = account.post(
        "/v2/apps", {"displayName": "test", "settings": {"echoPostback": on, "multiConvoEnabled": True}}
    ).json["app"]["id"]
    return Place(Caller(account.url, account.key_id, account.secret, made))


@pytest.fixture
def echo(account: Caller) -> Place:
    return echoing(account, on=True)


@pytest.fixture
def quiet(account: Caller) -> Place:
    return echoing(account, on=False)


@pytest.fixture(params=["echo", "quiet"])
def place(request: pytest.FixtureRequest) -> Place:
    """Whether presses are echoed or not makes no difference to what is refused."""
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: str(content["type"]))
@pytest.mark.parametrize("author", [{"userId": "ada"}, {"userExternalId": "ada"}], ids=["id", "external id"])
def test_an_echo_is_a_message_of_the_user_with_text_and_payload(
    echo: Place, content: dict[str, Any], author: dict[str, str]
) -> None:
    said = {name: echo.ada if name == "userId" else value for name, value in author.items()}
    answer = echo.press(messageId=echo.say(content), author={"type": "user", **said})
    assert answer.status == 201
    [message] = answer.json["messages"]
    assert set(message) == {"id", "received", "author", "content", "source"}
    assert message["author"] == {"type": "user", "userId": echo.ada, "displayName": "Ada"}
    assert message["content"] == {"type": "text", "text": "Tea, please", "payload": "TEA"}
    assert message["source"] == {"type": "api:conversations"}
    assert echo.app.get(echo.app.messages(echo.id)).json["messages"][-1] == message


def test_without_the_setting_a_press_writes_nothing(quiet: Place) -> None:
    answer = quiet.press()
    assert (answer.status, answer.json) == (201, {"messages": []})
    assert quiet.count == 1


def test_a_button_may_be_pressed_again_and_by_many_at_once(echo: Place) -> None:
    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda _: echo.press(), range(40)))
    assert {answer.status for answer in answers} == {201}
    assert echo.count == 41


def test_a_press_that_is_sent_twice_under_one_key_is_done_once(place: Place) -> None:
    once = {"idempotency-key": place.id}
    answers = [place.press(headers=once) for _ in range(3)]
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    assert [answer.headers.get("idempotent-replayed") for answer in answers] == [None, "true", "true"]
    before = place.count
    assert place.press(headers=once, payload="MILK").codes == ["idempotency_key_reused"]
    assert place.count == before


@pytest.mark.parametrize("payload", ["WATER", "tea", "TEA ", "", "Tea, please", "https://example.org"])
def test_only_a_postback_of_the_message_can_be_pressed(place: Place, payload: str) -> None:
    answer = place.press(payload=payload)
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles[0].startswith("payload: ")
    assert place.count == 1


def test_a_message_without_buttons_has_none_to_press(place: Place) -> None:
    for content in (
        {"type": "text", "text": "hello"},
        {"type": "file", "mediaUrl": "https://example.org/a.pdf"},
        {"type": "form", "fields": [{"type": "text", "name": "a", "label": "A"}]},
        {"type": "location", "coordinates": {"lat": 1, "long": 2}},
    ):
        assert place.press(messageId=place.say(content)).titles[0].startswith("payload: ")


def test_a_message_that_is_not_in_sight_cannot_be_pressed(place: Place) -> None:
    for wrong in ("0" * 24, "", "x'y"):
        assert place.press(messageId=wrong).codes == ["not_found"]
    other = place.app.conversation(place.ada)
    assert place.press(at=place.path(other)).codes == ["not_found"]  # it stands elsewhere
    place.app.delete(f"{place.app.messages(place.id)}/{place.message}")
    assert place.press().codes == ["not_found"]
    place.message = place.say(CONTENTS[0])
    place.app.delete(place.app.messages(place.id))
    assert place.press().codes == ["not_found"]


def test_only_a_user_who_takes_part_presses(place: Place) -> None:
    bob = place.app.user(externalId="bob")
    for author in ({"type": "user", "userId": bob}, {"type": "user", "userExternalId": "bob"}):
        answer = place.press(author=author)
        assert (answer.status, answer.codes) == (400, ["bad_request"])
        assert answer.titles[0].startswith("author: ")
    assert place.press(author={"type": "user", "userId": "0" * 24}).codes == ["user_not_found"]
    assert place.press(author={"type": "business"}).titles[0].startswith("author.type: ")
    assert place.press(author={"type": "user"}).titles[0].startswith("author: ")
    assert place.press(author={"type": "user", "userId": bob, "userExternalId": "bob"}).status == 400
    assert place.count == 1


def test_what_is_missing_is_named(place: Place) -> None:
    answer = place.app.post(place.press_at, {})
    assert (answer.status, len(answer.titles)) == (400, 3)
    assert place.press(payload=None).status == 400
    assert place.press(messageId=7).titles[0].startswith("messageId: ")


def test_a_press_in_a_conversation_that_does_not_exist_is_refused(place: Place) -> None:
    assert place.press(at=place.path("0" * 24)).codes == ["conversation_not_found"]


def test_a_press_reaches_no_other_app(place: Place, account: Caller) -> None:
    other = account.post("/v2/apps", {"displayName": "other"}).json["app"]["id"]
    user = account.post(f"/v2/apps/{other}/users", {}).json["user"]["id"]
    elsewhere = place.press_at.replace(place.app.app_id, other)
    assert place.press(at=elsewhere).codes == ["user_not_found"]
    assert place.press(at=elsewhere, author={"type": "user", "userId": user}).codes == ["conversation_not_found"]
    assert place.count == 1


def test_the_echo_moves_what_a_message_moves(echo: Place) -> None:
    [message] = echo.press().json["messages"]
    found = echo.app.get(f"{echo.app.app}/conversations/{echo.id}").json["conversation"]
    assert found["lastUpdatedAt"] == message["received"]


@pytest.mark.parametrize("prefix", ["", "/sc", "/sc/v2"])
def test_a_client_presses_whatever_prefix_it_was_given(echo: Place, prefix: str) -> None:
    app = echo.app
    body = PostbackPost(author=Author(type="user", user_external_id="ada"), message_id=echo.message, payload="TEA")
    with Client(app.url + prefix, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client:
        [message] = client.postbacks.post(echo.id, body).messages
        assert message.content == TextMessage(text="Tea, please", payload="TEA")
        assert client.messages.list(echo.id).messages[-1] == message


def test_it_is_not_the_hosted_services_and_not_under_its_prefix(place: Place) -> None:
    assert place.press(at="/sc" + place.press_at).status == 404
    assert place.press(at=place.press_at.replace("/parhelion/v1", "/v2")).status == 404
    assert place.app.get(place.press_at).codes == ["method_not_allowed"]
    assert place.app.send("POST", place.press_at, {}, {"authorization": "Basic bm8="}).codes == ["unauthorized"]

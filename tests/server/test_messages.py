"""Messages over HTTP: what is posted comes back, in order, page by page, until it is deleted."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest

from tests.live import Caller, pages

HELLO = {"author": {"type": "business"}, "content": {"type": "text", "text": "hello"}}


@pytest.fixture
def long(app: Caller, conversation: str) -> list[str]:
    """The ids of 250 messages."""
    with ThreadPoolExecutor(8) as together:
        list(together.map(lambda number: app.say(conversation, str(number)), range(250)))
    return pages(app, conversation)


def ids(answer: Any) -> list[str]:
    return [message["id"] for message in answer.json["messages"]]


def test_a_message_comes_back_as_it_was_answered(app: Caller, conversation: str) -> None:
    body = {
        "author": {"type": "business", "displayName": "Zoë ☀", "avatarUrl": "https://example.org/a.png"},
        "content": {
            "type": "text",
            "text": "What do you see?",
            "actions": [
                {"type": "reply", "text": "Three suns", "payload": "3", "metadata": {"n": 3}},
                {"type": "link", "text": "Read", "uri": "https://example.org", "default": True},
            ],
        },
        "metadata": {"text": "x", "number": 1.5, "flag": True},
    }
    answer = app.post(app.messages(conversation), body)
    assert answer.status == 201
    [posted] = answer.json["messages"]
    assert set(posted) == {"id", "received", "author", "content", "source", "metadata"}
    assert posted["author"] == body["author"]
    assert posted["content"] == body["content"]
    assert posted["metadata"] == body["metadata"]
    assert posted["source"] == {"type": "api:conversations"}
    assert len(posted["id"]) == 24
    assert len(posted["received"]) == len("2026-01-31T12:00:00.000Z")
    assert app.get(app.messages(conversation)).json == {"messages": [posted], "meta": {"hasMore": False}}


def test_posting_moves_the_conversations_last_update_and_deleting_does_not(app: Caller, conversation: str) -> None:
    path = f"{app.app}/conversations/{conversation}"
    first = app.say(conversation)
    assert app.get(path).json["conversation"]["lastUpdatedAt"] == first["received"]
    app.delete(f"{app.messages(conversation)}/{first['id']}")
    app.delete(app.messages(conversation))
    assert app.get(path).json["conversation"]["lastUpdatedAt"] == first["received"]


def test_both_prefixes_and_an_account_key_reach_the_same_conversation(
    app: Caller, account: Caller, conversation: str
) -> None:
    posted = app.say(conversation)
    assert ids(app.get("/sc" + app.messages(conversation))) == [posted["id"]]
    assert ids(account.get(app.messages(conversation))) == [posted["id"]]


def test_the_newest_page_comes_first_and_is_read_oldest_to_newest(
    app: Caller, conversation: str, long: list[str]
) -> None:
    answer = app.get(app.messages(conversation))
    assert ids(answer) == long[150:]
    assert answer.json["meta"] == {"hasMore": True, "beforeCursor": long[150]}
    assert list(answer.json["links"]) == ["prev"]


def test_links_lead_through_all_pages_and_back(app: Caller, conversation: str, long: list[str]) -> None:
    answer = app.get("/sc" + app.messages(conversation))
    walked = [ids(answer)]
    while link := answer.json.get("links", {}).get("prev"):
        assert link.startswith(f"{app.url}/sc/v2/")
        answer = app.get(link.removeprefix(app.url))
        walked.insert(0, ids(answer))
    assert walked == [long[:50], long[50:150], long[150:]]
    assert answer.json["meta"] == {"hasMore": False, "afterCursor": long[49]}
    forward = [ids(answer)]
    while link := answer.json.get("links", {}).get("next"):
        answer = app.get(link.removeprefix(app.url))
        forward.append(ids(answer))
    assert [len(page) for page in forward] == [50, 100, 100]
    assert [id for page in forward for id in page] == long
    assert answer.json["meta"] == {"hasMore": False, "beforeCursor": long[150]}


@pytest.mark.parametrize(
    "written",
    ["page[before]={}", "page%5Bbefore%5D={}", 'page={{"before": "{}", "size": 25}}', "page[size]=3&page[before]={}"],
)
def test_a_cursor_may_be_written_in_every_way_clients_write_it(
    app: Caller, conversation: str, long: list[str], written: str
) -> None:
    query = quote(written.format(long[120]), safe="[]=%&")
    assert ids(app.get(f"{app.messages(conversation)}?{query}")) == long[20:120]


def test_a_cursor_survives_the_deletion_of_its_message(app: Caller, conversation: str, long: list[str]) -> None:
    assert app.delete(f"{app.messages(conversation)}/{long[120]}").json == {}
    assert ids(app.get(f"{app.messages(conversation)}?page[before]={long[120]}")) == long[20:120]
    assert ids(app.get(f"{app.messages(conversation)}?page[after]={long[120]}")) == long[121:221]


def test_a_deleted_message_is_gone_and_cannot_be_deleted_again(app: Caller, conversation: str) -> None:
    first, second = app.say(conversation), app.say(conversation)
    path = f"{app.messages(conversation)}/{first['id']}"
    assert (app.delete(path).status, app.delete(path).status) == (200, 404)
    assert pages(app, conversation) == [second["id"]]


def test_delete_all_leaves_a_conversation_that_can_be_used_again(
    app: Caller, conversation: str, long: list[str]
) -> None:
    answer = app.delete(app.messages(conversation))
    assert (answer.status, answer.json) == (200, {})
    assert pages(app, conversation) == []
    assert app.delete(f"{app.messages(conversation)}/{long[0]}").status == 404
    new = app.say(conversation)
    assert new["id"] > long[-1]
    assert pages(app, conversation) == [new["id"]]


def test_a_user_speaks_where_they_take_part_and_nowhere_else(app: Caller) -> None:
    ada = app.user(
        externalId="ada", profile={"givenName": "Ada", "surname": "L", "avatarUrl": "https://a.example/a.png"}
    )
    bob = app.user(externalId="bob")
    place = app.conversation(ada, type="personal")
    for author in ({"userId": ada}, {"userExternalId": "ada"}):
        answer = app.post(app.messages(place), HELLO | {"author": {"type": "user", **author}})
        assert answer.json["messages"][0]["author"] == {
            "type": "user",
            "userId": ada,
            "displayName": "Ada L",
            "avatarUrl": "https://a.example/a.png",
        }
    for author in ({"userId": bob}, {"userExternalId": "bob"}):
        answer = app.post(app.messages(place), HELLO | {"author": {"type": "user", **author}})
        assert (answer.status, answer.codes) == (400, ["bad_request"])


def test_a_silent_message_goes_to_personal_conversations_only(app: Caller, conversation: str) -> None:
    personal = app.conversation(app.user(), type="personal")
    silent = HELLO | {"destination": {"integrationType": "none"}}
    assert app.post(app.messages(personal), silent).status == 201
    assert app.post(app.messages(conversation), silent).codes == ["bad_request"]
    elsewhere = HELLO | {"destination": {"integrationType": "whatsapp"}}
    assert app.post(app.messages(personal), elsewhere).codes == ["integration_not_found"]


def test_a_request_that_is_sent_twice_under_one_key_is_done_once(app: Caller, conversation: str) -> None:
    path = app.messages(conversation)
    answers = [app.post(path, HELLO, idempotency_key="once") for _ in range(3)]
    assert len({answer.body for answer in answers}) == 1
    assert {answer.status for answer in answers} == {201}
    assert answers[0].headers["idempotency-key-ttl"] == "86400"
    assert [answer.headers.get("idempotent-replayed") for answer in answers] == [None, "true", "true"]
    assert len(pages(app, conversation)) == 1


def test_a_request_that_is_sent_twice_at_the_same_time_is_done_once(app: Caller, conversation: str) -> None:
    with ThreadPoolExecutor(16) as together:
        answers = list(
            together.map(
                lambda number: app.post(app.messages(conversation), HELLO, idempotency_key=f"k{number % 4}"),
                range(64),
            )
        )
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 4 == len(pages(app, conversation))


def test_a_twin_that_was_slower_gets_the_first_answer_and_not_a_refusal(app: Caller) -> None:
    def create(_: int) -> Any:
        return app.post(f"{app.app}/users", {"externalId": "twin"}, idempotency_key="one")

    with ThreadPoolExecutor(16) as together:
        answers = list(together.map(create, range(64)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1


def test_one_keys_idempotency_keys_are_not_anothers(app: Caller, account: Caller, conversation: str) -> None:
    first = app.post(app.messages(conversation), HELLO, idempotency_key="k")
    second = account.post(app.messages(conversation), HELLO, idempotency_key="k")
    assert first.json != second.json


def test_an_app_never_sees_another_ones_messages(app: Caller, account: Caller, conversation: str) -> None:
    posted = app.say(conversation)
    other = account.post("/v2/apps", {"displayName": "other"}).json["app"]["id"]
    elsewhere = f"/v2/apps/{other}/conversations/{conversation}/messages"
    assert account.get(elsewhere).codes == ["conversation_not_found"]
    assert account.post(elsewhere, HELLO).codes == ["conversation_not_found"]
    assert account.delete(elsewhere).codes == ["conversation_not_found"]
    assert account.delete(f"{elsewhere}/{posted['id']}").codes == ["conversation_not_found"]
    assert pages(app, conversation) == [posted["id"]]


def token(caller: Caller, claims: dict[str, Any], secret: str | None = None, **header: Any) -> str:
    def part(value: Any) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    said = part({"alg": "HS256", "typ": "JWT", "kid": caller.key_id} | header) + b"." + part(claims)
    algorithm = {"HS384": hashlib.sha384, "HS512": hashlib.sha512}.get(str(header.get("alg")), hashlib.sha256)
    signature = hmac.digest((secret or caller.secret).encode(), said, algorithm)
    if header.get("alg") == "none":
        signature = b""
    return "Bearer " + (said + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def test_a_jwt_opens_what_its_key_opens(app: Caller, account: Caller) -> None:
    for caller, scope in ((app, "app"), (account, "account")):
        for times in ({}, {"exp": 2**40}, {"nbf": 1, "iat": 2**40}, {"exp": 2**40 + 0.5}):
            header = token(caller, {"scope": scope} | times)
            assert app.send("GET", app.app, headers={"authorization": header}).status == 200


def test_a_jwt_that_is_not_quite_right_opens_nothing(app: Caller, account: Caller) -> None:
    good = {"scope": "app"}
    for header in (
        token(app, good, alg="none"),
        token(app, good, alg="None"),
        token(app, good, alg="HS384"),
        token(app, good, alg="HS512"),
        token(app, good, alg="RS256"),
        token(app, good, alg=None),
        token(app, good, alg=["HS256"]),
        token(app, good, secret="wrong"),
        token(app, good, secret=account.secret),
        token(app, good, kid=account.key_id),
        token(app, good, kid=None),
        token(app, good, kid={"a": 1}),
        token(app, good, kid="\ud800"),
        token(app, good, kid="é"),
        token(app, good, kid="app_" + "0" * 24),
        token(app, good, crit=["x"]),
        token(app, {}),
        token(app, {"scope": "account"}),
        token(app, {"scope": "integration"}),
        token(app, {"scope": ["app"]}),
        token(app, {"scope": "app", "exp": 1}),
        token(app, {"scope": "app", "exp": "never"}),
        token(app, {"scope": "app", "exp": True}),
        token(app, {"scope": "app", "nbf": 2**40}),
        token(app, good)[:-1],
        token(app, good) + "A",
        token(app, good) + ".x",
    ):
        answer = app.send("GET", app.app, headers={"authorization": header})
        assert (answer.status, answer.codes) == (401, ["unauthorized"]), header

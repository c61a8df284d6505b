"""What is refused, and how it is said: the right status, a code, a title that names the field, and nothing lost."""

from __future__ import annotations

import base64
import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.live import Caller, Live

UNKNOWN = "0" * 24
HELLO = {"author": {"type": "business"}, "content": {"type": "text", "text": "hello"}}


def test_without_credentials_or_with_wrong_ones_nothing_is_answered(app: Caller) -> None:
    path = app.app
    wrong = [
        None,
        "",
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"nobody").decode(),
        "Basic " + base64.b64encode(f"{app.key_id}:wrong".encode()).decode(),
        "Basic " + base64.b64encode(f"{app.key_id}:{app.secret}x".encode()).decode(),
        "Basic " + base64.b64encode(f"{app.key_id}:".encode()).decode(),
        "Basic " + base64.b64encode(f"app_{UNKNOWN}:{app.secret}".encode()).decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Digest x",
        "Bearer x.y.z",
    ]
    for header in wrong:
        answer = app.send("GET", path, headers={"authorization": header})  # type: ignore[dict-item]
        assert (answer.status, answer.codes) == (401, ["unauthorized"]), header
        assert "www-authenticate" in answer.headers


def test_a_key_reaches_its_own_app_only_and_does_not_learn_whether_another_exists(app: Caller, account: Caller) -> None:
    other = account.post("/v2/apps", {"displayName": "other"}).json["app"]["id"]
    for elsewhere in (other, UNKNOWN):
        answer = app.get(f"/v2/apps/{elsewhere}/users/{UNKNOWN}")
        assert (answer.status, answer.codes) == (403, ["forbidden"])


def test_an_app_key_may_not_do_what_needs_an_account(app: Caller) -> None:
    for method, path, body in (
        ("GET", "/v2/apps", None),
        ("POST", "/v2/apps", {"displayName": "x"}),
        ("POST", f"{app.app}/keys", {"displayName": "x"}),
    ):
        answer = app.send(method, path, body)
        assert (answer.status, answer.codes) == (403, ["forbidden"])


def test_what_does_not_exist_is_named_by_its_code(app: Caller, account: Caller, conversation: str) -> None:
    nowhere = app.messages(UNKNOWN)
    for answer, code in (
        (account.get(f"/v2/apps/{UNKNOWN}/users/x"), "app_not_found"),
        (app.get(f"{app.app}/users/{UNKNOWN}"), "user_not_found"),
        (app.get(f"{app.app}/conversations/{UNKNOWN}"), "conversation_not_found"),
        (app.get(nowhere), "conversation_not_found"),
        (app.post(nowhere, HELLO), "conversation_not_found"),
        (app.delete(nowhere), "conversation_not_found"),
        (app.delete(f"{nowhere}/{UNKNOWN}"), "conversation_not_found"),
        (app.delete(f"{app.messages(conversation)}/{UNKNOWN}"), "not_found"),
        (app.upload(b"x", query=f"access=public&conversationId={UNKNOWN}"), "conversation_not_found"),
        (
            app.post(f"{app.app}/attachments/remove", {"mediaUrl": f"{app.url}/attachments/v2/{'0' * 26}/a.txt"}),
            "not_found",
        ),
        (
            app.post(f"{app.app}/conversations", {"type": "personal", "participants": [{"userExternalId": "nobody"}]}),
            "user_not_found",
        ),
        (
            app.post(app.messages(conversation), HELLO | {"author": {"type": "user", "userExternalId": "nobody"}}),
            "user_not_found",
        ),
        (app.get("/nothing"), "not_found"),
        (app.get("/v2"), "not_found"),
        (app.get("/v2/nothing"), "not_found"),
        (app.get(f"{app.app}/conversations/{conversation}/messages/"), "not_found"),
        (app.get("/sc/attachments/v2/x/y"), "not_found"),
    ):
        assert (answer.status, answer.codes) == (404, [code]), answer


def test_a_wrong_method_is_answered_with_the_right_ones(app: Caller, conversation: str) -> None:
    answer = app.send("PUT", app.messages(conversation), HELLO)
    assert (answer.status, answer.codes) == (405, ["method_not_allowed"])
    assert answer.headers["allow"] == "DELETE, GET, POST"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"[]",
        b'{"author":"\xff"}',
        b'{"author":"\xed\xa0\x80"}',
        b'{"a":1e999}',
        b"null",
        b'"x"',
        b"\xff",
        b"[" * 50_000,
        b'{"author":',
    ],
)
def test_malformed_json_is_refused(app: Caller, conversation: str, body: bytes) -> None:
    answer = app.send("POST", app.messages(conversation), body, {"content-type": "application/json"})
    assert answer.status == 400, answer
    assert set(answer.codes) == {"bad_request"}


def test_every_fault_of_a_body_is_told_with_its_place(app: Caller, conversation: str) -> None:
    body = {
        "author": {"type": "alien"},
        "content": {
            "type": "carousel",
            "items": [{"title": 3, "actions": [{"type": "wave"}, {"type": "link", "text": "x"}]}],
        },
        "metadata": {"nested": {}},
    }
    answer = app.post(app.messages(conversation), body)
    assert answer.status == 400
    assert [title.partition(":")[0] for title in answer.titles] == [
        "author.type",
        "content.items[0].title",
        "content.items[0].actions[0]",
        "content.items[0].actions[1]",
        "metadata",
    ]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"author": {"type": "user"}}, "author"),
        ({"author": {"type": "user", "userId": "a", "userExternalId": "b"}}, "author"),
        ({"author": {"type": "business", "avatarUrl": "x" * 2049}}, "author.avatarUrl"),
        ({"content": {"type": "text"}}, "content"),
        ({"content": {"type": "text", "text": "x" * 4097}}, "content.text"),
        ({"content": {"type": "text", "htmlText": "a", "markdownText": "b"}}, "content"),
        ({"content": {"type": "carousel", "items": []}}, "content.items"),
        ({"content": {"type": "form", "fields": []}}, "content.fields"),
        ({"content": {"type": "formResponse", "fields": []}}, "content"),
        ({"content": {"type": "template", "template": {}}}, "schema"),
        ({"content": {"type": "location", "coordinates": {"lat": 91, "long": 0}}}, "content.coordinates.lat"),
        ({"content": {"type": "image", "mediaUrl": "javascript:alert(1)"}}, "content.mediaUrl"),
        ({"content": {"type": "image"}}, "content"),
        ({"metadata": {"a": "x" * 4096}}, "metadata"),
        ({"metadata": {"a": [1]}}, "metadata"),
        ({"destination": {}}, "destination"),
        ({"schema": "sms"}, "schema"),
    ],
)
def test_a_fault_names_its_field(app: Caller, conversation: str, change: dict[str, Any], place: str) -> None:
    answer = app.post(app.messages(conversation), HELLO | change)
    assert (answer.status, set(answer.codes)) == (400, {"bad_request"}), answer
    assert any(title.startswith(place) or title.lower().startswith("message metadata") for title in answer.titles)
    assert app.get(app.messages(conversation)).json["messages"] == []


def test_json_must_be_said_to_be_json(app: Caller, conversation: str) -> None:
    for kind in (None, "text/plain", "multipart/form-data", "application/jsonx"):
        sent = {"content-type": kind}
        answer = app.send("POST", app.messages(conversation), json.dumps(HELLO).encode(), sent)  # type: ignore[arg-type]
        assert (answer.status, answer.codes) == (415, ["unsupported_media_type"]), kind
    sent = {"content-type": "application/json; charset=utf-8"}
    assert app.send("POST", app.messages(conversation), json.dumps(HELLO).encode(), sent).status == 201


def test_a_body_of_100_kb_is_taken_and_one_byte_more_is_not(app: Caller, conversation: str) -> None:
    def of(size: int) -> bytes:
        body = json.dumps(HELLO).encode()
        return body[:-1] + b" " * (size - len(body)) + b"}"

    as_json = {"content-type": "application/json"}
    assert app.send("POST", app.messages(conversation), of(102_400), as_json).status == 201
    answer = app.send("POST", app.messages(conversation), of(102_401), as_json)
    assert (answer.status, answer.codes) == (413, ["payload_too_large"])


def test_a_chunked_body_is_measured_while_it_comes(app: Caller, conversation: str) -> None:
    def endless() -> Any:
        for _ in range(300):
            yield b" " * 1024

    import http.client

    connection = http.client.HTTPConnection(urlsplit(app.url).netloc, timeout=10)
    headers = {"authorization": app.basic(), "content-type": "application/json"}
    connection.request("POST", app.messages(conversation), endless(), headers, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()


@pytest.mark.parametrize(
    "query",
    [
        f"page[before]={UNKNOWN}&page[after]={UNKNOWN}",
        f"page%5Bbefore%5D={UNKNOWN}&page%5Bafter%5D={UNKNOWN}",
        "page[before]=short",
        "page[after]=" + "f" * 25,
        "page={",
        "page={%22before%22:3}",
        "page=x",
        "page[behind]=000000000000000000000000",
        "page[before][x]=000000000000000000000000",
    ],
)
def test_a_page_that_is_none_is_refused(app: Caller, conversation: str, query: str) -> None:
    answer = app.get(f"{app.messages(conversation)}?{query}")
    assert (answer.status, set(answer.codes)) == (400, {"bad_request"})
    assert all(title.startswith("page") for title in answer.titles)


def test_a_key_given_twice_for_different_requests_is_refused(app: Caller, conversation: str) -> None:
    path = app.messages(conversation)
    assert app.post(path, HELLO, idempotency_key="k").status == 201
    answer = app.post(path, HELLO | {"metadata": {"a": 1}}, idempotency_key="k")
    assert (answer.status, answer.codes) == (422, ["idempotency_key_reused"])
    answer = app.post(path, HELLO, idempotency_key="k" * 256)
    assert (answer.status, answer.codes) == (400, ["bad_request"])


def test_every_answer_has_an_id_of_its_request_and_keeps_one_that_was_given(app: Caller) -> None:
    first, second = app.get("/v2/nothing"), app.get(app.app)
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert app.get(app.app, x_request_id="mine-1").headers["x-request-id"] == "mine-1"
    assert app.get(app.app, x_request_id="<script>").headers["x-request-id"] != "<script>"


@pytest.mark.parametrize(
    "raw",
    [
        b"GARBAGE\r\n\r\n",
        b"GET /v2/apps HTTP/1.1\r\n\r\n",
        b"GET /v2/apps HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: -1\r\n\r\n",
        b"POST /v2/apps HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /%00%ff/..%2f HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET //v2//apps HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /v2/apps/%F0%9F%8C%9E HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_what_is_hardly_http_does_not_hurt(live: Live, app: Caller, raw: bytes) -> None:
    url = urlsplit(live.url)
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=10) as line:
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    assert not answer or answer.split(b" ")[1] in (b"400", b"401", b"404"), answer
    assert app.get(app.app).status == 200


@pytest.mark.parametrize(
    "said",
    [
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59.9999Z",
        "9999-12-31T23:59:59-23:59",
        "yesterday",
        "2026-02-30T00:00:00Z",
        "2026-01-01T00:00:00",
    ],
)
def test_a_moment_that_is_none_is_refused(app: Caller, said: str) -> None:
    answer = app.post(f"{app.app}/users", {"signedUpAt": said})
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles[0].startswith("signedUpAt: ")


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00.000Z", "0999-12-31T23:59:59.999Z", "1969-07-20T20:17:40.123Z"])
def test_a_moment_long_ago_is_kept_as_it_is(app: Caller, said: str) -> None:
    user = app.post(f"{app.app}/users", {"signedUpAt": said}).json["user"]
    assert user["signedUpAt"] == said
    assert app.get(f"{app.app}/users/{user['id']}").json["user"] == user
    app.conversation(user["id"], type="personal")


def test_a_packed_body_is_refused(app: Caller, conversation: str) -> None:
    answer = app.post(app.messages(conversation), HELLO, content_encoding="gzip")
    assert (answer.status, answer.codes) == (415, ["unsupported_media_type"])


@pytest.mark.parametrize("address", ["nonsense", "javascript:alert(1)", "ftp://example.org/a.png", "https://"])
def test_an_address_of_a_picture_is_a_web_address(app: Caller, address: str) -> None:
    for path, body, place in (
        ("users", {"profile": {"avatarUrl": address}}, "profile.avatarUrl"),
        ("conversations", {"type": "sdkGroup", "iconUrl": address}, "iconUrl"),
    ):
        answer = app.post(f"{app.app}/{path}", body)
        assert (answer.status, answer.codes) == (400, ["bad_request"])
        assert answer.titles[0].startswith(f"{place}: ")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "users", b'{"externalId": "a\\u0000b"}'),
        ("POST", "users", b'{"metadata": {"a\\\\\\u0000": 1}}'),
        ("GET", "users/a%00b", None),
        ("GET", "users?filter%5Bidentities.email%5D=a%00", None),
    ],
)
def test_nul_is_refused_wherever_it_stands(app: Caller, method: str, path: str, body: bytes | None) -> None:
    answer = app.send(method, f"{app.app}/{path}", body, {"content-type": "application/json"})
    assert (answer.status, answer.titles) == (400, ["should not hold the character U+0000"])


def test_text_that_speaks_of_nul_is_text(app: Caller) -> None:
    body = {"externalId": "a\\u0000b"}
    assert app.post(f"{app.app}/users", body).json["user"]["externalId"] == body["externalId"]

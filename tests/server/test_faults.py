"""Requests that go wrong because a test has said so: over HTTP, with real clients."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from parhelion import (
    ApiError,
    BadRequest,
    Client,
    Conversation,
    Fault,
    NoAnswer,
    NotFound,
    ServiceUnavailable,
    UserCreateBody,
)
from parhelion.server.stage import RULES
from tests.live import Caller, UnderTest

PATH = "/parhelion/v1/testing/faults"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + bytes(64)
Enter = Callable[..., Client]


@pytest.fixture
def client(enter: Enter) -> Client:
    return enter()


@pytest.fixture
def talk(client: Client) -> Conversation:
    return client.conversations.start(client.users.create(UserCreateBody(external_id="ada")).user)


@pytest.fixture
def caller(under_test: UnderTest, control: Client) -> Caller:
    """Somebody who sends each request once."""
    return under_test.app()


def texts(client: Client, talk: Conversation) -> list[str]:
    return [message.content.text for message in client.messages.list(talk.id).messages]  # type: ignore[union-attr]


def raw(caller: Caller, method: str, path: str, body: bytes = b"", more: str = "") -> bytes:
    """All that comes back, until the connection ends."""
    address = urlsplit(caller.url)
    head = f"{method} {path} HTTP/1.1\r\nhost: {address.netloc}\r\nauthorization: {caller.basic()}\r\n{more}"
    head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    with socket.create_connection((address.hostname, address.port or 80), timeout=10) as connection:
        connection.sendall(head.encode() + body)
        found = bytearray()
        try:
            while piece := connection.recv(4096):
                found += piece
        except ConnectionResetError:
            pass
        return bytes(found)


# -- what becomes of a request ----------------------------------------------------------------------------------------


def test_a_status_is_answered_as_any_refusal(control: Client, caller: Caller) -> None:
    rule = Fault(operation="GetApp", status=429, code="slow_down", title="Slower, please", retry_after=7)
    control.testing.add_fault(rule)
    answer = caller.get(caller.app)
    assert answer.status == 429
    assert answer.json == {"errors": [{"code": "slow_down", "title": "Slower, please"}]}
    assert answer.headers["retry-after"] == "7"
    assert answer.headers["x-request-id"]
    assert answer.headers["content-type"].startswith("application/json")
    assert caller.get(f"{caller.app}/users/nobody").status == 404, "others are as ever"


@pytest.mark.parametrize("rule", [Fault(status=500), Fault(delay=0.001)])
def test_that_a_key_is_honoured_is_said_once_whatever_strikes(control: Client, caller: Caller, rule: Fault) -> None:
    control.testing.add_fault(rule)
    told = raw(caller, "POST", f"{caller.app}/users", b"{}", "idempotency-key: k\r\nconnection: close\r\n")
    assert told.count(b"idempotency-key-ttl: 86400") == 1


def test_a_client_that_tries_again_gets_through(control: Client, client: Client, talk: Conversation) -> None:
    fault = control.testing.add_fault(Fault(operation="PostMessage", status=503, times=2)).fault
    raw_answer = client.with_raw_response.messages.post(talk, "hello")
    assert raw_answer.status == 201
    assert texts(client, talk) == ["hello"]
    [after] = control.testing.list_faults().faults
    assert (after.id, after.seen, after.times) == (fault.id, 2, 2)


def test_the_first_post_of_a_client_is_repeated_after_a_failure_too(control: Client, enter: Enter) -> None:
    """It learns from the answer that failed that this server honours its key."""
    control.testing.add_fault(Fault(operation="CreateUser", status=500, times=1))
    assert enter().users.create(UserCreateBody(external_id="ada")).user.external_id == "ada"


def test_one_that_gives_up_is_told_what_it_was(control: Client, client: Client) -> None:
    control.testing.add_fault(Fault(status=503, title="Closed for the season"))
    with pytest.raises(ServiceUnavailable, match="Closed for the season"):
        client.apps.get()
    assert control.testing.list_faults().faults[0].seen == 4, "as often as it is patient"


def test_dropped_before_nothing_was_done(control: Client, caller: Caller) -> None:
    control.testing.add_fault(Fault(operation="CreateUser", drop="before"))
    assert raw(caller, "POST", f"{caller.app}/users", b'{"externalId": "ada"}') == b""
    control.testing.clear_faults()
    assert caller.get(f"{caller.app}/users/ada").status == 404


def test_dropped_after_it_was_done(control: Client, caller: Caller) -> None:
    control.testing.add_fault(Fault(operation="CreateUser", drop="after"))
    assert raw(caller, "POST", f"{caller.app}/users", b'{"externalId": "ada"}') == b""
    control.testing.clear_faults()
    assert caller.get(f"{caller.app}/users/ada").status == 200


def test_what_is_refused_is_dropped_too(control: Client, caller: Caller) -> None:
    control.testing.add_fault(Fault(drop="after"))
    assert raw(caller, "GET", f"{caller.app}/users/nobody") == b""


def test_a_large_body_that_nobody_reads_is_dropped_before(control: Client, caller: Caller) -> None:
    control.testing.add_fault(Fault(operation="UploadAttachment", drop="before", times=1))
    with pytest.raises(ConnectionError):
        caller.upload(bytes(5_000_000), "large.txt")
    assert caller.upload(b"small").status == 201


@pytest.mark.parametrize("drop", ["before", "after"])
def test_a_client_is_told_that_nothing_came_back(
    control: Client, client: Client, talk: Conversation, drop: Any
) -> None:
    control.testing.add_fault(Fault(operation="PostMessage", drop=drop))
    with pytest.raises(NoAnswer) as lost:
        client.with_options(retries=0).messages.post(talk, "hello")
    assert lost.value.sent
    control.testing.clear_faults()
    assert texts(client, talk) == (["hello"] if drop == "after" else [])


def test_what_was_done_before_its_answer_was_lost_is_done_once(
    control: Client, client: Client, talk: Conversation
) -> None:
    control.testing.add_fault(Fault(operation="PostMessage", drop="after", times=2))
    posted = client.messages.post(talk, "hello").messages[0]
    assert [message.id for message in client.messages.list(talk.id).messages] == [posted.id]


def test_a_stream_can_be_dropped(control: Client, client: Client, talk: Conversation) -> None:
    for drop in ("before", "after"):
        control.testing.add_fault(Fault(operation="ListenEvents", drop=drop, times=1))  # type: ignore[arg-type]
    with client.events.listen(triggers=["conversation:message"]) as events:
        client.messages.post(talk, "hello")
        assert next(events).type == "conversation:message"
    assert [fault.seen for fault in control.testing.list_faults().faults] == [1, 1]


def test_a_delay_comes_first_and_may_be_all(control: Client, caller: Caller) -> None:
    def took(expected: int) -> float:
        began = time.monotonic()
        assert caller.get(caller.app).status == expected
        return time.monotonic() - began

    control.testing.add_fault(Fault(operation="GetApp", delay=0.2, times=1))
    control.testing.add_fault(Fault(operation="GetApp", delay=0.2, status=502, times=1))
    assert took(200) >= 0.2
    assert took(502) >= 0.2
    assert took(200) < 10


def test_who_does_not_wait_so_long_has_no_answer(control: Client, enter: Enter) -> None:
    hurried = enter(timeout=0.1, retries=0)
    control.testing.add_fault(Fault(operation="GetApp", delay=60))
    with pytest.raises(NoAnswer):
        hurried.apps.get()


def test_a_delay_ends_with_a_reset(control: Client, client: Client) -> None:
    control.testing.add_fault(Fault(operation="GetApp", delay=60))
    with ThreadPoolExecutor() as other:
        waiting = other.submit(client.with_options(timeout=50, retries=0).apps.get)
        until = time.monotonic() + 10
        while not control.testing.list_faults().faults[0].seen:
            assert time.monotonic() < until
        control.testing.reset()
        assert waiting.result(10).app.id == client.app_id, "it is answered by what was there before"


def test_files_are_fetched_wrongly_too(control: Client, caller: Caller) -> None:
    path = "/attachments" + caller.upload(PNG, "sun.png").json["attachment"]["mediaUrl"].partition("/attachments")[2]
    control.testing.add_fault(Fault(operation="FetchAttachment", status=500, times=1))
    control.testing.add_fault(Fault(operation="FetchAttachment", drop="after", times=1))
    assert caller.get(path).status == 500
    assert raw(caller, "GET", path) == b""
    assert caller.get(path).body == PNG


def test_the_page_of_oauth_is_struck_and_what_tells_of_the_api_is_not(control: Client, caller: Caller) -> None:
    control.testing.add_fault(Fault(operation="Authorize", status=500))
    assert caller.get("/oauth/authorize?client_id=x").status == 500
    control.testing.add_fault(Fault(status=500))
    assert caller.get("/openapi.json").status == 200
    assert caller.get("/nowhere").status == 404


# -- which requests, and how often ------------------------------------------------------------------------------------


def statuses(caller: Caller, several: int) -> list[int]:
    return [caller.get(caller.app).status for _ in range(several)]


def test_times_is_how_often(control: Client, caller: Caller) -> None:
    control.testing.add_fault(Fault(operation="GetApp", status=500, times=3))
    assert statuses(caller, 5) == [500, 500, 500, 200, 200]
    assert control.testing.list_faults().faults[0].seen == 3


def test_probability_with_a_seed_is_the_same_each_time(control: Client, caller: Caller) -> None:
    def pattern(seed: int | None) -> list[int]:
        control.testing.add_fault(Fault(operation="GetApp", status=500, probability=0.5, seed=seed))
        found = statuses(caller, 60)
        control.testing.clear_faults()
        return found

    first = pattern(1)
    assert pattern(1) == first
    assert pattern(2) != first
    assert pattern(None) != pattern(None)
    assert 10 < first.count(500) < 50


def test_the_first_rule_that_strikes_is_the_only_one(control: Client, caller: Caller) -> None:
    control.testing.add_fault(Fault(operation="GetUser", status=501))
    control.testing.add_fault(Fault(operation="GetApp", status=502, probability=0))
    one = control.testing.add_fault(Fault(operation="GetApp", status=503, times=1)).fault
    other = control.testing.add_fault(Fault(operation="*", status=504)).fault
    assert statuses(caller, 3) == [503, 504, 504]
    assert [fault.seen for fault in control.testing.list_faults().faults] == [0, 0, 1, 2]
    control.testing.remove_fault(str(other.id))
    assert statuses(caller, 1) == [200]
    with pytest.raises(NotFound):
        control.testing.remove_fault(str(other.id))
    assert control.testing.list_faults().faults[2].id == one.id


def test_a_rule_may_be_for_one_app_for_a_method_or_for_a_path(control: Client, under_test: UnderTest) -> None:
    ours, theirs = under_test.app(), under_test.app()
    control.testing.add_fault(Fault(app_id=ours.app_id, method="GET", path="/v2/apps/*/users/*", status=500))
    assert ours.get(f"{ours.app}/users/ada").status == 500
    assert ours.get(f"/sc{ours.app}/users/ada").status == 500
    assert theirs.get(f"{theirs.app}/users/ada").status == 404
    assert ours.get(ours.app).status == 200
    assert ours.post(f"{ours.app}/users", {"externalId": "ada"}).status == 201


def test_who_may_not_ask_is_struck_all_the_same(control: Client, under_test: UnderTest) -> None:
    app = under_test.app()
    control.testing.add_fault(Fault(operation="GetApp", status=503))
    assert Caller(app.url).get(app.app).status == 503


def test_controls_are_never_struck(control: Client) -> None:
    control.testing.add_fault(Fault(status=500))
    control.testing.add_fault(Fault(drop="before"))
    control.testing.create_app()
    assert control.testing.settle().settled
    control.testing.clear_faults()
    assert control.testing.list_faults().faults == []


# -- rules that make no sense -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "title"),
    [
        ({}, "should have at least one of status, drop and delay"),
        ({"status": 200}, "status: should be at least 400"),
        ({"status": 600}, "status: should be at most 599"),
        ({"drop": "sometimes"}, "drop: should be one of"),
        ({"delay": 61}, "delay: should be at most 60"),
        ({"status": 500, "probability": 1.5}, "probability: should be at most 1"),
        ({"status": 500, "times": 0}, "times: should be at least 1"),
        ({"status": 500, "operation": "Reset"}, "operation: there is no operation 'Reset'"),
        ({"status": 500, "method": "PUT"}, "method: should be one of"),
        ({"status": 500, "id": "mine"}, "id: is told by the server"),
        ({"drop": "after", "retryAfter": 1}, "retryAfter: is said with a status only"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(under_test: UnderTest, rule: dict[str, Any], title: str) -> None:
    answer = Caller(under_test.url).post(PATH, rule)
    assert answer.status == 400
    assert [said for said in answer.titles if said.startswith(title)], answer.titles


def test_there_is_a_limit_to_rules(control: Client, caller: Caller) -> None:
    for _ in range(RULES):
        control.testing.add_fault(Fault(status=500, probability=0))
    with pytest.raises(BadRequest, match=f"{RULES} rules"):
        control.testing.add_fault(Fault(status=500))
    assert statuses(caller, 1) == [200]


def test_an_answer_tells_the_rule_as_it_was_said(under_test: UnderTest, control: Client) -> None:
    said = {"operation": "GetApp", "status": 418, "probability": 0.5, "times": 3, "seed": 4}
    answer = Caller(under_test.url).post(PATH, said)
    assert answer.status == 201
    assert answer.json["fault"] == {"id": answer.json["fault"]["id"], **said, "seen": 0}
    with pytest.raises(ApiError):
        control.testing.remove_fault("fault_0")

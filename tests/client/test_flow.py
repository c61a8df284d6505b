"""A call without IO: the test is the driver."""

from __future__ import annotations

import pickle
from email.utils import formatdate
from typing import Any

import pytest

from parhelion.client import Patience, Response, Token
from parhelion.client.flow import Known, Sleep, exchange
from parhelion.operations import Attachments, Messages, Users
from parhelion.wire import ApiError, MessageListResponse, NoAnswer, NotFound, ServerError
from tests.client.support import HELLO, NOON, play, settings

BUSY = Response(429, {"retry-after": "7"}, b"")
BROKEN = Response(500, {}, b"<html>oh</html>")
EMPTY = Response(200, {}, b'{"messages":[]}')
CREATED = Response(201, {}, b'{"messages":[]}')
DONE = Response(200, {}, b"{}")
GONE = Response(404, {}, b'{"errors":[{"code":"not_found","title":"Message not found"}]}')
HONOURED = {"idempotency-key-ttl": "86400"}
LOST, NEVER = NoAnswer("reset", sent=True), NoAnswer("refused", sent=False)
NONE = MessageListResponse(messages=[])
POST: dict[str, Any] = {"conversation_id": "c", "body": HELLO}
ONE: dict[str, Any] = {"conversation_id": "c", "message_id": "m"}


@pytest.mark.parametrize(
    ("answers", "steps"),
    [
        ([EMPTY], ["GET", NONE]),
        ([BUSY, EMPTY], ["GET", 7.25, "GET", NONE]),
        ([BROKEN, LOST, EMPTY], ["GET", 0.5, "GET", 1.0, "GET", NONE]),
        ([Response(408, {}, b""), Response(522, {}, b""), EMPTY], ["GET", 0.5, "GET", 1.0, "GET", NONE]),
    ],
)
def test_a_read_is_sent_again(answers: list[Any], steps: list[Any]) -> None:
    assert play(Messages.list, answers, conversation_id="c") == steps


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 415, 422, 423, 501, 505])
def test_what_will_not_change_is_not_tried_again(status: int) -> None:
    [_, error] = play(Messages.list, [Response(status, {}, b"")], conversation_id="c")
    assert isinstance(error, ApiError)
    assert error.status == status


def test_patience_ends_with_the_last_answer() -> None:
    *_, error = play(Messages.list, [BUSY, BUSY, BROKEN], conversation_id="c")
    assert isinstance(error, ServerError)
    assert (error.code, error.title) == ("unreadable", "<html>oh</html>")


def test_a_last_no_answer_says_how_often_it_was_tried_and_whether_anything_was_sent() -> None:
    *_, error = play(Messages.list, [LOST, NEVER, NEVER], conversation_id="c")
    assert isinstance(error, NoAnswer)
    assert str(error) == "refused (tried 3 times)"
    assert error.sent
    [_, once] = play(Messages.post, [LOST], **POST)
    assert str(once) == "reset"


def test_pauses_grow_differ_and_have_an_end() -> None:
    smallest, largest = Patience(dice=lambda: 0.0), Patience(dice=lambda: 1.0)
    assert [smallest.pause(n, None) for n in (1, 2, 3)] == [0.25, 0.5, 1.0]
    assert [largest.pause(n, None) for n in (1, 2, 3, 9, 9999)] == [0.5, 1.0, 2.0, 30.0, 30.0]
    assert all(0.25 <= (Patience().pause(1, None) or 0) <= 0.5 for _ in range(100))
    with pytest.raises(ValueError, match="once"):
        Patience(attempts=0)


def test_a_named_pause_is_kept_and_a_little_more_so_that_not_all_come_back_at_once() -> None:
    assert [Patience(dice=lambda n=n: n).pause(1, 7.0) for n in (0.0, 1.0)] == [7.0, 7.25]


@pytest.mark.parametrize("asked", ["31", "9" * 400])
def test_a_pause_longer_than_our_patience_is_not_waited_for(asked: str) -> None:
    steps = play(Messages.list, [Response(429, {"retry-after": asked}, b"")], conversation_id="c")
    assert [type(each).__name__ for each in steps] == ["str", "TooManyRequests"]


def test_a_date_is_measured_against_the_answers_own_date() -> None:
    headers = {"retry-after": "Thu, 01 Jan 2026 10:00:09 GMT", "date": "Thu, 01 Jan 2026 10:00:00 GMT"}
    assert play(Messages.list, [Response(503, headers, b""), EMPTY], conversation_id="c")[1] == 9.25


def test_a_date_without_another_is_measured_against_our_clock() -> None:
    headers = {"retry-after": formatdate(NOON + 5, usegmt=True)}
    assert play(Messages.list, [Response(503, headers, b""), EMPTY], conversation_id="c")[1] == 5.25


@pytest.mark.parametrize("nonsense", ["soon", "-1", "²", "1.5", "Thu, 99 Jan 2026 10:00:09 GMT"])
def test_a_retry_after_that_says_nothing_is_as_good_as_none(nonsense: str) -> None:
    headers = {"retry-after": nonsense, "date": "yesterday"}
    assert play(Messages.list, [Response(503, headers, b""), EMPTY], conversation_id="c")[1] == 0.5


@pytest.mark.parametrize(("first", "again"), [(BUSY, True), (NEVER, True), (BROKEN, False), (LOST, False)])
def test_a_post_is_sent_again_only_when_it_cannot_have_been_done(first: Any, again: bool) -> None:
    assert play(Messages.post, [first, CREATED], **POST).count("POST") == 1 + again
    told = settings(known=Known(idempotent=True))
    assert play(Messages.post, [first, CREATED], told, **POST).count("POST") == 2


def test_a_server_shows_that_it_honours_keys_and_is_remembered() -> None:
    using = settings()
    shown = Response(201, HONOURED, b'{"messages":[]}')
    assert play(Messages.post, [shown], using, **POST) == ["POST", NONE_POSTED]
    assert play(Messages.post, [LOST, CREATED], using, **POST).count("POST") == 2
    assert play(Messages.post, [BROKEN, LOST, CREATED], using, **POST).count("POST") == 3


def test_a_server_may_show_it_by_the_very_answer_that_fails() -> None:
    assert play(Messages.post, [Response(503, HONOURED, b""), CREATED], **POST).count("POST") == 2


@pytest.mark.parametrize("ttl", ["0", "", "forever", "-5"])
def test_a_time_that_is_none_shows_nothing(ttl: str) -> None:
    failing = Response(503, {"idempotency-key-ttl": ttl}, b"")
    assert play(Messages.post, [failing], **POST).count("POST") == 1


def test_an_answer_to_a_request_without_a_key_shows_nothing() -> None:
    using = settings()
    play(Messages.list, [Response(200, HONOURED, EMPTY.body)], using, conversation_id="c")
    assert play(Messages.post, [LOST], using, **POST).count("POST") == 1


def test_who_says_beforehand_that_keys_are_not_honoured_is_believed() -> None:
    told = settings(known=Known(idempotent=False))
    assert play(Messages.post, [Response(503, HONOURED, b"")], told, **POST).count("POST") == 1


def test_all_attempts_of_a_post_carry_one_key_and_each_call_its_own() -> None:
    keys = []
    for _ in range(2):
        flow = exchange(Messages.post, "app1", POST, settings())
        first = next(flow)
        assert not isinstance(first, Sleep)
        keys.append(first.headers["idempotency-key"])
        assert isinstance(flow.send(BUSY), Sleep)
        again = next(flow)
        assert not isinstance(again, Sleep)
        assert again.headers["idempotency-key"] == keys[-1]
    assert keys[0] != keys[1]


def test_keys_sort_as_the_posts_were_made() -> None:
    keys = []
    for later in (0.0, 0.001, 1.0, 100_000_000.0):
        request = next(exchange(Messages.post, "app1", POST, settings(clock=lambda later=later: NOON + later)))
        assert not isinstance(request, Sleep)
        keys.append(request.headers["idempotency-key"])
    assert keys == sorted(keys)
    assert {len(key) for key in keys} == {32}


def test_only_a_post_carries_a_key() -> None:
    flow = exchange(Messages.list, "app1", {"conversation_id": "c"}, settings())
    request = next(flow)
    assert not isinstance(request, Sleep)
    assert "idempotency-key" not in request.headers


@pytest.mark.parametrize("first", [LOST, BROKEN])
def test_a_repeated_delete_that_finds_nothing_was_done_before(first: Any) -> None:
    assert play(Messages.delete, [first, GONE], **ONE) == ["DELETE", 0.5, "DELETE", None]


@pytest.mark.parametrize("first", [[], [BUSY], [NEVER]])
def test_a_delete_that_finds_nothing_and_cannot_have_been_done_says_so(first: list[Any]) -> None:
    assert isinstance(play(Messages.delete, [*first, GONE], **ONE)[-1], NotFound)


def test_a_repeated_delete_that_meets_a_proxys_page_says_so() -> None:
    assert isinstance(play(Messages.delete, [LOST, Response(404, {}, b"<html>")], **ONE)[-1], NotFound)


def test_deleting_all_of_something_that_is_not_there_says_so() -> None:
    assert isinstance(play(Messages.delete_all, [LOST, GONE], conversation_id="c")[-1], NotFound)


def test_a_transport_does_not_repeat_a_delete_by_itself() -> None:
    harmless = {}
    for operation, arguments in (
        (Messages.list, {"conversation_id": "c"}),
        (Messages.delete, ONE),
        (Messages.post, POST),
    ):
        request = next(exchange(operation, "app1", arguments, settings()))
        assert not isinstance(request, Sleep)
        harmless[request.method] = request.harmless
    assert harmless == {"GET": True, "DELETE": False, "POST": False}


def test_an_iterator_that_was_begun_cannot_be_sent_twice() -> None:
    def begun(source: Any) -> Any:
        flow = exchange(Attachments.upload, "app1", {"source": source}, settings())
        request = next(flow)
        assert not isinstance(request, Sleep)
        list(request.body.chunks())
        return flow.throw(NEVER)

    with pytest.raises(NoAnswer):
        begun(iter([b"x"]))
    assert isinstance(begun([b"x"]), Sleep)
    assert isinstance(begun(b"x"), Sleep)
    uploaded = Response(201, {}, b'{"attachment":{"mediaUrl":"u","mediaType":"t"}}')
    assert play(Attachments.upload, [NEVER, uploaded], source=iter([b"x"])).count("POST") == 2


def test_credentials_are_asked_at_every_attempt() -> None:
    tokens = iter("ab")
    flow = exchange(Messages.list, "app1", {"conversation_id": "c"}, settings(credentials=Token(lambda: next(tokens))))
    first = next(flow)
    assert not isinstance(first, Sleep)
    assert first.headers["authorization"] == "Bearer a"
    flow.send(BUSY)
    second = next(flow)
    assert not isinstance(second, Sleep)
    assert second.headers["authorization"] == "Bearer b"


def test_an_authorization_of_two_lines_is_not_sent() -> None:
    class Careless:
        def authorization(self, now: float) -> str:
            return "Bearer x\r\nx-admin: 1"

    with pytest.raises(ValueError, match="cannot be sent"):
        play(Messages.list, [], settings(credentials=Careless()), conversation_id="c")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"messages":3}', b"[" * 100_000, b'{"messages":[{"id":'])
def test_a_good_status_with_an_unreadable_body_is_an_api_error(body: bytes) -> None:
    [_, error] = play(Messages.list, [Response(200, {"x-request-id": "r1"}, body)], conversation_id="c")
    assert isinstance(error, ApiError)
    assert (error.status, error.code, error.body, error.request_id) == (200, "unreadable", body, "r1")
    assert "ListMessages" in error.title


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b'{"errors":3}', b"\xff\xfe"])
def test_a_refusal_that_cannot_be_read_keeps_its_status(body: bytes) -> None:
    [_, error] = play(Messages.list, [Response(403, {}, body)], conversation_id="c")
    assert type(error).__name__ == "Forbidden"
    assert error.code == "unreadable"


def test_a_redirect_is_refused_by_name() -> None:
    [_, error] = play(Messages.list, [Response(302, {"location": "https://elsewhere/"}, b"")], conversation_id="c")
    assert isinstance(error, ApiError)
    assert (error.status, "https://elsewhere/" in str(error)) == (302, True)


def test_any_good_status_is_good() -> None:
    assert play(Messages.post, [EMPTY], **POST) == ["POST", NONE_POSTED]
    assert play(Messages.delete, [Response(204, {}, b"")], **ONE) == ["DELETE", None]


def test_what_had_to_be_left_out_is_told() -> None:
    told: list[str] = []
    body = b'{"user":{"id":"u","signedUpAt":"when?","profile":{"givenName":"Ada"}}}'
    answer = play(
        Users.get,
        [Response(200, {}, body)],
        settings(tell=lambda fault: told.append(fault.place)),
        user_id_or_external_id="u",
    )[-1]
    assert answer.user.profile.given_name == "Ada"
    assert told == ["user.signedUpAt"]


def test_errors_can_be_sent_to_another_process() -> None:
    errors = [play(Messages.delete, [each], **ONE)[-1] for each in (GONE, Response(501, {}, b""))]
    errors += [play(Messages.post, [LOST], **POST)[-1], play(Messages.list, [NEVER] * 3, conversation_id="c")[-1]]
    for error in errors:
        copy = pickle.loads(pickle.dumps(error))
        assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))


NONE_POSTED = play(Messages.post, [CREATED], **POST)[-1]

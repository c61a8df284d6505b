"""Webhooks coming in: who may call, what is passed on, and that no event is handled twice or lost."""

from __future__ import annotations

import json
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from typing import Any

import pytest
from hypothesis import given, strategies as st
from starlette.datastructures import Headers as StarletteHeaders
from werkzeug.datastructures import Headers as FlaskHeaders

import parhelion
from parhelion import ConversationMessageEvent, ParhelionError, TextMessage, UnknownEvent, UserRemoveEvent
from parhelion.receive import Receiver, Refused, Seen
from parhelion.server.rules.signing import headers_for, signature

NOON = 1_767_268_800
SECRET = "the secret of the webhook"
AT = "2026-01-01T12:00:00.000Z"
KEY = {"x-api-key": SECRET}


def message(id: str, text: str = "hello", author: str = "user") -> dict[str, Any]:
    said = {
        "id": f"m{id}",
        "received": AT,
        "author": {"type": author, "userId": "u1"},
        "content": {"type": "text", "text": text},
        "source": {"type": "web"},
    }
    payload = {"conversation": {"id": "c1", "type": "personal"}, "message": said}
    return {"id": id, "createdAt": AT, "type": "conversation:message", "payload": payload}


def envelope(*events: Any, **more: Any) -> bytes:
    usual = {"app": {"id": "a1"}, "webhook": {"id": "w1", "version": "v2"}, "events": events}
    return json.dumps(usual | more).encode()


BODY = envelope(message("1"))


def receiver(secret: Any = SECRET, now: float = NOON, **options: Any) -> Receiver:
    return Receiver(secret, clock=lambda: now, **options)


def refused(by: Receiver, headers: Any, body: bytes = BODY) -> tuple[int, str]:
    with pytest.raises(Refused) as error:
        by.receive(headers, body)
    return error.value.status, str(error.value)


# What is passed on


def test_both_ways_to_import_it_are_one() -> None:
    assert parhelion.receive.Receiver is Receiver


def test_a_message_comes_as_what_it_is() -> None:
    [event] = receiver().receive(KEY, BODY)
    assert isinstance(event, ConversationMessageEvent)
    assert (event.id, event.type, event.payload.conversation.id) == ("1", "conversation:message", "c1")
    assert isinstance(event.payload.message.content, TextMessage)
    assert event.payload.message.content.text == "hello"


def test_a_trigger_of_tomorrow_is_kept_whole() -> None:
    new = {"id": "2", "createdAt": AT, "type": "conversation:whispered", "payload": {"x": [1, {"y": None}]}}
    [event] = receiver().receive(KEY, envelope(new))
    assert isinstance(event, UnknownEvent)
    assert (event.id, event.type, event.fields) == ("2", "conversation:whispered", new)


def test_what_is_new_in_a_known_shape_is_no_obstacle() -> None:
    known = message("1")
    known["payload"]["message"]["content"] = {"type": "hologram", "url": "x"}
    known["payload"]["mood"] = "good"
    [event] = receiver().receive(KEY, envelope(known, extra=[1]))
    assert isinstance(event, ConversationMessageEvent)
    assert event.payload.message.content.type == "hologram"


def test_several_events_come_in_their_order() -> None:
    gone = {"id": "2", "createdAt": AT, "type": "user:remove", "payload": {"user": {"id": "u1"}, "reason": "api"}}
    events = receiver().receive(KEY, envelope(message("3"), gone, message("1")))
    assert [event.id for event in events] == ["3", "2", "1"]
    assert isinstance(events[1], UserRemoveEvent)


def test_an_envelope_without_events_is_none() -> None:
    assert receiver().receive(KEY, envelope()) == []


def test_what_is_left_out_is_told(caplog: pytest.LogCaptureFixture) -> None:
    body = json.dumps({"app": {"id": "a1"}, "webhook": {"id": "w1", "version": 2}, "events": [message("1")]}).encode()
    told: list[Any] = []
    assert len(receiver(tell=told.append).receive(KEY, body)) == 1
    assert [fault.place for fault in told] == ["webhook.version"]
    assert len(receiver().receive(KEY, body)) == 1
    assert [record.getMessage() for record in caplog.records] == [
        "Left out of a webhook, since it cannot be read: webhook.version"
    ]


# Whose headers they are


@pytest.mark.parametrize(
    "make",
    [
        dict,
        list,
        tuple,
        iter,
        StarletteHeaders,
        FlaskHeaders,
        lambda pairs: [(name.encode(), value.encode()) for name, value in pairs],
        lambda pairs: {name.upper(): value for name, value in dict(pairs).items()},
        lambda pairs: {name.title(): value for name, value in dict(pairs).items()},
    ],
)
def test_headers_come_as_every_framework_has_them(make: Any) -> None:
    pairs = [("Host", "bot"), *headers_for(SECRET, "1", NOON, BODY).items()]
    given = make(dict(pairs)) if make is StarletteHeaders else make(pairs)
    assert len(receiver().receive(given, BODY)) == 1
    wrong = [(name, value.replace("v1,", "v1,AAAA")) for name, value in pairs]
    given = make(dict(wrong)) if make is StarletteHeaders else make(wrong)
    assert refused(receiver(), given)[0] == 401


def test_headers_come_as_the_standard_library_has_them() -> None:
    headers = Message()
    for name, value in headers_for(SECRET, "1", NOON, BODY).items():
        headers[name] = value
    assert len(receiver().receive(headers, BODY)) == 1


# Who may call


@pytest.mark.parametrize("headers", [{}, {"authorization": SECRET}, {"x-api-key ": SECRET}, []])
def test_who_has_no_key_is_refused(headers: Any) -> None:
    assert refused(receiver(), headers) == (401, "X-API-Key is missing")


@pytest.mark.parametrize(
    "key",
    ["", "x", SECRET[:-1], SECRET + " ", SECRET.upper(), f"{SECRET}, {SECRET}", "\N{SNOWMAN}", "\udcff", "x" * 10**5],
)
def test_who_has_another_key_is_refused_whatever_else_is_right(key: str) -> None:
    headers = headers_for(SECRET, "1", NOON, BODY) | {"x-api-key": key}
    assert refused(receiver(), headers) == (401, "X-API-Key is not the secret of this webhook")


def test_of_two_keys_the_first_counts() -> None:
    assert refused(receiver(), [("x-api-key", "x"), ("X-Api-Key", SECRET)])[0] == 401


def test_nothing_is_read_before_the_key_is_right() -> None:
    assert refused(receiver(), {"x-api-key": "x"}, b"not json")[0] == 401
    assert refused(receiver(), {}, b"[" * 10**6)[0] == 401


def test_the_hosted_service_does_not_sign() -> None:
    assert len(receiver().receive({"X-API-Key": SECRET}, BODY)) == 1


def test_who_asks_for_signatures_takes_nothing_without_one() -> None:
    strict = receiver(signed=True)
    kept = headers_for(SECRET, "1", NOON, BODY)
    stripped = {name: value for name, value in kept.items() if not name.startswith("webhook-")}
    assert refused(strict, stripped) == (401, "webhook-signature is missing")
    assert [event.id for event in strict.receive(kept, BODY)] == ["1"]


def test_while_one_secret_takes_the_place_of_another_both_are_good() -> None:
    both = ["the old one", "the new one"]
    for secret in both:
        assert len(receiver(both).receive({"x-api-key": secret}, BODY)) == 1
        assert len(receiver(iter(both)).receive(headers_for(secret, "1", NOON, BODY), BODY)) == 1
    assert refused(receiver(both), {"x-api-key": "another"})[0] == 401


@pytest.mark.parametrize("secret", ["", [], [""], [SECRET, ""], None, [None], 5])
def test_a_secret_that_is_missing_is_said_at_once(secret: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        receiver(secret)


# Who signs


def test_what_is_signed_is_taken_in() -> None:
    assert len(receiver().receive(headers_for(SECRET, "1", NOON, BODY), BODY)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "2"},
        {"webhook-timestamp": str(NOON - 1)},
        {"webhook-signature": "v1," + "A" * 43 + "="},
        {"webhook-signature": ""},
        {"webhook-signature": " "},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1a,x"},
        {"webhook-signature": "\N{SNOWMAN}"},
    ],
)
def test_a_signature_that_does_not_fit_is_refused_though_the_key_is_right(changed: dict[str, str]) -> None:
    headers = headers_for(SECRET, "1", NOON, BODY) | changed
    assert refused(receiver(), headers)[0] == 401
    right = headers_for(SECRET, "1", NOON, BODY)["webhook-signature"]
    assert refused(receiver(), headers | {"webhook-signature": right.replace("v1,", "v2,")})[0] == 401


@pytest.mark.parametrize("body", [BODY + b" ", BODY.replace(b"hello", b"hullo"), b"", b"{}"])
def test_another_body_than_the_signed_one_is_refused(body: bytes) -> None:
    assert refused(receiver(), headers_for(SECRET, "1", NOON, BODY), body)[0] == 401


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp"])
def test_a_signature_without_what_belongs_to_it_is_refused(missing: str) -> None:
    headers = headers_for(SECRET, "1", NOON, BODY)
    del headers[missing]
    said = refused(receiver(), headers)
    assert said == (401, "A webhook-signature needs a webhook-id and a webhook-timestamp")


@pytest.mark.parametrize(
    "said", ["", "x", "-1", "1.5", "1e9", "9" * 16, "9" * 10_000, " 1", "\N{ARABIC-INDIC DIGIT ONE}"]
)
def test_a_time_that_is_none_is_refused(said: str) -> None:
    assert refused(receiver(), headers_for(SECRET, "1", NOON, BODY) | {"webhook-timestamp": said})[0] == 401


def test_any_of_several_signatures_will_do() -> None:
    headers = headers_for(SECRET, "1", NOON, BODY)
    other = signature(b"another", "1", NOON, BODY)
    for said in (f"{other} {headers['webhook-signature']}", f"v1a,ed25519 {headers['webhook-signature']} {other}"):
        assert len(receiver().receive(headers | {"webhook-signature": said}, BODY)) == 1
    assert refused(receiver(), headers | {"webhook-signature": f"{other} {other}"})[0] == 401


def test_no_more_signatures_are_tried_than_anybody_would_send() -> None:
    headers = headers_for(SECRET, "1", NOON, BODY)
    flood = " ".join(["v1,x"] * 10_000 + [headers["webhook-signature"]])
    assert refused(receiver(), headers | {"webhook-signature": flood})[0] == 401


@pytest.mark.parametrize(
    ("apart", "good"), [(0, True), (300, True), (-300, True), (301, False), (-301, False), (10**9, False)]
)
def test_what_was_kept_for_later_is_refused(apart: int, good: bool) -> None:
    headers = headers_for(SECRET, "1", NOON, BODY)
    late = receiver(now=NOON + apart)
    if good:
        assert len(late.receive(headers, BODY)) == 1
    else:
        status, why = refused(late, headers)
        assert status == 401
        assert why.startswith(f"The webhook-timestamp is {abs(apart)} s {'ago' if apart > 0 else 'from now'}")


def test_how_long_is_too_long_can_be_said() -> None:
    headers = headers_for(SECRET, "1", NOON, BODY)
    assert refused(receiver(now=NOON + 11, tolerance=10), headers)[0] == 401
    assert len(receiver(now=NOON + 10**6, tolerance=float("inf")).receive(headers, BODY)) == 1


def test_the_clock_is_the_systems_unless_told() -> None:
    assert refused(Receiver(SECRET), headers_for(SECRET, "1", 1000, BODY))[0] == 401


# What cannot be read


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b" ", b"null", b"[]", b"5", b'"x"', b"{", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000),
        *(b'{"events":[]}', b'{"app":{},"webhook":{"id":"w"},"events":[]}', b'{"app":1,"webhook":1,"events":1}'),
        *(envelope()[:-1], envelope().replace(b"[]", b"{}"), envelope() + b"x", b'{"\xff":1}'),
    ],
)
def test_what_is_no_envelope_is_refused(body: bytes) -> None:
    status, why = refused(receiver(), KEY, body)
    assert status == 400
    assert why.startswith("The body cannot be read: ")


@pytest.mark.parametrize("body", [BODY.decode(), json.loads(BODY), bytearray(BODY), None])
def test_a_body_that_somebody_has_read_already_is_a_mistake_of_the_program(body: Any) -> None:
    with pytest.raises(TypeError, match="bytes"):
        receiver().receive(KEY, body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_any_json_is_read_or_refused(value: Any) -> None:
    for body in (
        json.dumps(value).encode(),
        envelope(value),
        envelope(events=value),
        envelope(message("1") | {"payload": value}),
    ):
        try:
            receiver().receive(KEY, body)
        except Refused as error:
            assert error.status == 400  # noqa: PT017 - both are well


def test_a_refusal_is_an_error_of_this_library_and_travels() -> None:
    error = Refused("no", 401)
    assert isinstance(error, ParhelionError)
    assert isinstance(error, ValueError)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.status) == ("no", 401)


def test_no_secret_is_shown() -> None:
    by = receiver()
    shown = [repr(by), refused(by, {"x-api-key": "x"})[1], refused(by, {})[1]]
    assert not [each for each in shown if SECRET in each]
    assert repr(by) == "Receiver(secret=..., tolerance=300.0)"


# Once, and not less than once


def test_an_event_that_comes_again_is_left_out() -> None:
    by = receiver()
    assert [event.id for event in by.receive(KEY, BODY)] == ["1"]
    assert by.receive(KEY, BODY) == []
    assert [event.id for event in by.receive(KEY, envelope(message("1"), message("2"), message("2")))] == ["2"]


def test_an_unknown_event_that_comes_again_is_left_out_and_one_without_an_id_is_not() -> None:
    by = receiver()
    new = {"id": "7", "type": "new", "payload": {}}
    nameless = {"type": "new", "payload": {}}
    assert len(by.receive(KEY, envelope(new, nameless, nameless))) == 3
    assert len(by.receive(KEY, envelope(new, nameless, nameless))) == 2


def test_an_event_that_was_forgotten_comes_again() -> None:
    by = receiver()
    [event] = by.receive(KEY, BODY)
    by.forget(event)
    assert len(by.receive(KEY, BODY)) == 1
    by.forget()


def test_a_bot_that_fails_gets_the_event_again_and_one_that_does_not_fail_does_not() -> None:
    by = receiver()
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), by.handling(KEY, BODY) as events:
            assert 1 / (len(events) - 1)
    with by.handling(KEY, BODY) as events:
        assert len(events) == 1
    with by.handling(KEY, BODY) as events:
        assert events == []


def test_a_bot_that_is_cut_off_gets_the_event_again() -> None:
    by = receiver()
    with pytest.raises(KeyboardInterrupt), by.handling(KEY, BODY):
        raise KeyboardInterrupt
    assert len(by.receive(KEY, BODY)) == 1


def test_while_an_event_is_in_hand_a_copy_of_it_is_asked_to_come_later() -> None:
    """Were it answered with 200, and the first one failed then, nobody would send it again."""
    by = receiver()
    with by.handling(KEY, BODY):
        assert refused(by, KEY) == (503, "Event 1 is in hand already")
        assert refused(by, KEY, envelope(message("2"), message("1"))) == (503, "Event 1 is in hand already")
        assert [event.id for event in by.receive(KEY, envelope(message("2")))] == ["2"]
    assert by.receive(KEY, BODY) == []


def test_a_request_that_is_refused_marks_nothing() -> None:
    by = receiver()
    refused(by, {"x-api-key": "x"})
    refused(by, headers_for(SECRET, "1", NOON - 1000, BODY))
    assert len(by.receive(KEY, BODY)) == 1


def test_so_many_are_remembered_and_no_more() -> None:
    by = receiver(seen=Seen(3))
    for id in "1234":
        by.receive(KEY, envelope(message(id)))
    assert by.receive(KEY, envelope(*map(message, "234"))) == []
    assert [event.id for event in by.receive(KEY, envelope(message("1")))] == ["1"]
    with pytest.raises(ValueError, match="most"):
        Seen(0)


def test_what_was_done_can_be_kept_elsewhere() -> None:
    class Kept(Seen):
        def __init__(self) -> None:
            self.ids = {"1"}

        def __contains__(self, id: str) -> bool:
            return id in self.ids

        def add(self, id: str) -> None:
            self.ids.add(id)

        def discard(self, id: str) -> None:
            self.ids.discard(id)

    kept = Kept()
    assert [event.id for event in receiver(seen=kept).receive(KEY, envelope(message("1"), message("2")))] == ["2"]
    assert kept.ids == {"1", "2"}
    assert receiver(seen=kept).receive(KEY, envelope(message("2"))) == []


def test_from_many_threads_each_event_is_handled_once() -> None:
    by = receiver()
    handled: list[str] = []
    later: list[int] = []
    together = threading.Barrier(8)

    def deliver() -> None:
        together.wait(10)
        for number in range(200):
            try:
                with by.handling(KEY, envelope(message(str(number)))) as events:
                    handled.extend(event.id for event in events)
            except Refused as error:
                later.append(error.status)

    with ThreadPoolExecutor(8) as pool:
        for each in [pool.submit(deliver) for _ in range(8)]:
            each.result(30)
    assert sorted(handled) == sorted(str(number) for number in range(200))
    assert set(later) <= {503}

"""What is read of events: those of the specification, those that nobody has thought of yet, and those that are none."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from parhelion import wire
from parhelion.wire import (
    TRIGGERS,
    AnyEvent,
    ConversationMessageEvent,
    ConversationRemoveEvent,
    ConversationRemovePayload,
    ConversationTruncated,
    Envelope,
    Event,
    EventError,
    PassthroughMessagingEvent,
    SwitchboardPassControlFailureEvent,
    TextMessage,
    UnknownContent,
    UnknownEvent,
    UserMergeEvent,
    UserRemoveEvent,
    instant,
)
from parhelion.wire.reading import Fault, Unreadable, strict, tolerant
from parhelion.wire.writing import write
from tests.operations.compared import official

WHEN = "2026-01-31T12:00:00.000Z"
MOMENT = datetime(2026, 1, 31, 12, tzinfo=UTC)
MESSAGE = {"id": "m", "received": WHEN, "author": {"type": "user"}, "content": {"type": "text", "text": "Hello"}}
KNOWN = [each for each in get_args(Event) if issubclass(each, AnyEvent)]


def event(kind: Any, id: str = "e", **payload: Any) -> dict[str, Any]:
    return {"id": id, "type": kind, "createdAt": WHEN, "payload": payload}


def said(message: Any, **more: Any) -> dict[str, Any]:
    return event("conversation:message", conversation={"id": "c"}, message=message, **more)


def envelope(*events: Any, **more: Any) -> bytes:
    return json.dumps({"app": {"id": "a"}, "webhook": {"id": "w", "version": "v2"}, "events": events, **more}).encode()


def read(body: bytes) -> tuple[list[Event], list[Fault]]:
    told: list[Fault] = []
    found: Envelope = tolerant(body, Envelope, told.append)
    return found.events, told


def shown() -> dict[str, Any]:
    """The envelopes that the specification shows, by their names."""
    return {
        name: example["value"]
        for name, example in (official() or {"components": {"examples": {}}})["components"]["examples"].items()
        if name.endswith("Event")
    }


EXAMPLES = shown()
needs_examples = pytest.mark.skipif(not EXAMPLES, reason="the specification is not at hand")
# What the example breaks itself: a number for an external id, and no moment.
BROKEN = {"conversationReferralEvent"}


@needs_examples
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_read_as_its_event_and_the_broken_one_is_kept(name: str) -> None:
    raw = json.dumps(EXAMPLES[name]).encode()
    told: list[Fault] = []
    found: Envelope = tolerant(raw, Envelope, told.append)
    assert told == []
    [one] = found.events
    assert one.type == EXAMPLES[name]["events"][0]["type"]
    assert one.id == EXAMPLES[name]["events"][0]["id"]
    assert isinstance(one, UnknownEvent) is (name in BROKEN)


@needs_examples
@pytest.mark.parametrize("name", [each for each in EXAMPLES if each not in BROKEN])
def test_an_example_is_strictly_ours(name: str) -> None:
    [one] = strict(json.dumps(EXAMPLES[name]).encode(), Envelope).events
    assert type(one).__name__.lower() == name.lower()


@needs_examples
def test_a_broken_example_is_one_that_the_specification_breaks() -> None:
    [referral] = [strict(json.dumps(mended(EXAMPLES[name])).encode(), Envelope).events[0] for name in BROKEN]
    assert type(referral).__name__ == "ConversationReferralEvent"


def mended(body: Any) -> Any:
    [one] = body["events"]
    user = {**one["payload"]["user"], "externalId": str(one["payload"]["user"]["externalId"])}
    return {**body, "events": [{**one, "createdAt": WHEN, "payload": {**one["payload"], "user": user}}]}


def test_each_trigger_is_an_event_with_a_payload_of_its_name() -> None:
    assert tuple(each.__struct_config__.tag for each in KNOWN) == TRIGGERS
    for each in KNOWN:
        words = each.__struct_config__.tag.replace(":", " ").split()
        stem = "".join(word[0].upper() + word[1:] for word in words)
        assert each.__name__ == f"{stem}Event"
        assert f"{stem}Payload" in each.__annotations__["payload"]
    assert get_args(Event)[len(KNOWN) :] == (UnknownEvent,)


@needs_examples
def test_payloads_have_the_fields_that_the_specification_names_and_no_others() -> None:
    schemas = official()["components"]["schemas"]
    ours = {each.__name__: each for each in KNOWN if each is not PassthroughMessagingEvent}
    for name, schema in schemas.items():
        stem = name[0].upper() + name[1:].removesuffix("Event")
        if f"{stem}Event" not in ours:
            continue
        [body] = [part for part in schema["allOf"] if "properties" in part]
        theirs = fields_of(schemas, body["properties"]["payload"])
        struct = ours.pop(f"{stem}Event").__struct_fields__
        assert struct == ("id", "created_at", "payload")
        assert theirs == {camel(each) for each in getattr(wire, f"{stem}Payload").__struct_fields__}, stem
    assert ours == {}


# What only examples show, or what messages have elsewhere.
MORE = {"authorWebhook": {"subtypes", "displayName", "avatarUrl"}, "messageWebhook": {"activity", "references"}}


@needs_examples
@pytest.mark.parametrize(
    ("name", "struct"),
    [
        ("activity", wire.EventActivity),
        ("authorWebhook", wire.EventAuthor),
        ("campaign", wire.Campaign),
        ("conversationTruncated", ConversationTruncated),
        ("messageWebhook", wire.EventMessage),
        ("postbackWebhook", wire.EventPostback),
        ("referral", wire.Referral),
        ("referral.details", wire.ReferralDetails),
        ("sourceWithCampaignWebhook", wire.EventSource),
        ("userTruncated", wire.UserTruncated),
        ("webhookSubSchema", wire.EnvelopeWebhook),
        ("appSubSchema", wire.EnvelopeApp),
    ],
)
def test_what_payloads_are_made_of_has_the_fields_that_the_specification_names(name: str, struct: Any) -> None:
    schemas = official()["components"]["schemas"]
    name, _, below = name.partition(".")
    schema = schemas[name]["properties"][below] if below else schemas[name]
    assert fields_of(schemas, schema) | MORE.get(name, set()) == {camel(each) for each in struct.__struct_fields__}


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def fields_of(schemas: Any, schema: Any) -> set[str]:
    if "$ref" in schema:
        return fields_of(schemas, schemas[schema["$ref"].rpartition("/")[2]])
    parts = [fields_of(schemas, part) for part in schema.get("allOf", ())]
    return {*schema.get("properties", ()), *(name for part in parts for name in part)}


def test_a_message_with_its_user_and_its_source_is_typed() -> None:
    author = {"type": "user", "userId": "u", "user": {"id": "u", "profile": {"givenName": "Ada"}}}
    source = {"type": "web", "client": {"id": "k", "type": "web"}, "device": {"id": "d"}, "campaign": {"id": "sale"}}
    message = {**MESSAGE, "author": author, "source": source}
    [one], told = read(envelope(said(message, recentNotifications=[MESSAGE])))
    assert told == []
    assert isinstance(one, ConversationMessageEvent)
    assert one.created_at == MOMENT
    spoken = one.payload.message
    assert spoken.author.user is not None
    assert spoken.author.user.profile is not None
    assert spoken.author.user.profile.given_name == "Ada"
    assert spoken.source is not None
    assert spoken.source.client is not None
    assert spoken.source.device is not None
    assert (spoken.source.client.id, spoken.source.device.id) == ("k", "d")
    assert spoken.content == TextMessage(text="Hello")
    assert [each.id for each in one.payload.recent_notifications or []] == ["m"]


def test_an_event_is_written_with_its_trigger_and_without_what_was_not_said() -> None:
    payload = ConversationRemovePayload(conversation=ConversationTruncated(id="c"))
    one = ConversationRemoveEvent(id="e", created_at=instant(0), payload=payload)
    assert json.loads(write(one)) == {
        "type": "conversation:remove",
        "id": "e",
        "createdAt": "1970-01-01T00:00:00.000Z",
        "payload": {"conversation": {"id": "c"}},
    }
    assert one.type == "conversation:remove"


def test_words_that_are_new_are_words() -> None:
    new = said({**MESSAGE, "author": {"type": "oracle", "subtypes": ["x", "y"]}, "source": {"type": "smoke"}})
    passed = event(
        "switchboard:passControl:failure",
        conversation={"id": "c", "type": "council"},
        error={"code": "new_word"},
        reason="moonshine",
    )
    merged = event("user:merge", mergedUsers={"surviving": {"id": "a"}, "discarded": {"id": "b"}}, reason="moonshine")
    [one, two, three] = strict(envelope(new, passed, merged), Envelope).events
    assert one.payload.message.author.type == "oracle"
    assert isinstance(two, SwitchboardPassControlFailureEvent)
    assert (two.payload.conversation.type, two.payload.error) == ("council", EventError(code="new_word"))
    assert isinstance(three, UserMergeEvent)
    assert three.payload.reason == "moonshine"


def test_fields_that_are_new_are_let_pass() -> None:
    [one], told = read(envelope({**said({**MESSAGE, "mood": 1}, moon="full"), "weather": {}}, more=[1]))
    assert isinstance(one, ConversationMessageEvent)
    assert told == []


def test_a_content_that_is_new_does_not_cost_the_message() -> None:
    [one], told = read(envelope(said({**MESSAGE, "content": {"type": "hologram", "depth": 3}})))
    assert isinstance(one, ConversationMessageEvent)
    assert isinstance(one.payload.message.content, UnknownContent)
    assert told == []


def test_a_limit_of_who_sends_does_not_cost_the_message() -> None:
    author = {"type": "user", "user": {"id": "u", "profile": {"givenName": "A" * 1000}}}
    [one], told = read(envelope(said({**MESSAGE, "author": author})))
    assert isinstance(one, ConversationMessageEvent)
    assert told == []


def test_an_unknown_trigger_is_kept_whole_with_its_id_and_moment() -> None:
    raw = event("conversation:dream", scene={"of": "sheep"})
    [one], told = read(envelope(raw))
    assert isinstance(one, UnknownEvent)
    assert (one.type, one.id, one.created_at, one.fields) == ("conversation:dream", "e", MOMENT, raw)
    assert told == []
    assert json.loads(write(one)) == raw


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param({**event("user:remove", user={"id": "u"}), "createdAt": None}, id="no moment"),
        pytest.param(event("user:remove"), id="nothing that it is about"),
        pytest.param(event("user:remove", user={"id": 3}), id="an id that is none"),
        pytest.param({**event("user:remove"), "payload": [1]}, id="no payload"),
        pytest.param(event("conversation:message", conversation={"id": "c"}, message="Hello"), id="no message"),
        pytest.param(event(None), id="null for a trigger"),
        pytest.param(event(["user:remove"], user={"id": "u"}), id="no word for a trigger"),
        pytest.param({}, id="nothing at all"),
        pytest.param(event("(unknown)"), id="our own word"),
    ],
)
def test_a_strange_event_is_kept_and_costs_only_itself(raw: dict[str, Any]) -> None:
    body = envelope(event("user:remove", "1", user={"id": "u"}), raw, event("user:remove", "3", user={"id": "v"}))
    [one, strange, three], told = read(body)
    assert isinstance(one, UserRemoveEvent)
    assert isinstance(three, UserRemoveEvent)
    assert (one.payload.user.id, three.payload.user.id) == ("u", "v")
    assert isinstance(strange, UnknownEvent)
    assert strange.fields == raw
    assert told == []
    found = json.loads(write(tolerant(body, Envelope)))
    assert found["events"][1] == raw


@pytest.mark.parametrize("raw", [None, 3, "user:remove", [], True])
def test_what_is_no_event_at_all_is_left_out_and_told(raw: Any) -> None:
    events, told = read(envelope(event("user:remove", user={"id": "u"}), raw))
    assert [type(each) for each in events] == [UserRemoveEvent]
    assert [fault.place for fault in told] == ["events[1]"]


@pytest.mark.parametrize(("said", "id"), [("x", "x"), (None, ""), (3, ""), ({}, ""), ("", "")])
def test_the_id_of_a_strange_event_is_text_or_nothing(said: Any, id: str) -> None:
    [one], _ = read(envelope({**event("x"), "id": said}))
    assert one.id == id


@pytest.mark.parametrize("said", [None, "yesterday", 3, [], "2026-01-31T12:00:00"])
def test_the_moment_of_a_strange_event_is_a_moment_or_nothing(said: Any) -> None:
    [one], _ = read(envelope({**event("x"), "createdAt": said}))
    assert one.created_at is None


def test_who_reads_strictly_refuses_what_is_not_known() -> None:
    for raw in (event("conversation:dream"), event("(unknown)"), event("user:remove")):
        with pytest.raises(Unreadable):
            strict(envelope(raw), Envelope)


@pytest.mark.parametrize("lost", ["app", "webhook", "events"])
def test_a_body_that_is_no_envelope_is_refused(lost: str) -> None:
    body = json.loads(envelope(event("user:remove", user={"id": "u"})))
    del body[lost]
    with pytest.raises(Exception, match=lost):
        tolerant(json.dumps(body).encode(), Envelope)


def test_what_is_passed_through_is_data_as_it_came() -> None:
    raw = event("passthrough:messaging", whatsapp={"entry": [{"id": 1, "changes": [None]}]}, type="(unknown)")
    [one] = strict(envelope(raw), Envelope).events
    assert isinstance(one, PassthroughMessagingEvent)
    assert one.payload["whatsapp"] == {"entry": [{"id": 1, "changes": [None]}]}
    assert json.loads(write(one))["payload"] == raw["payload"]

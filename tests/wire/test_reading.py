"""What a client must be able to read, and what a server must be able to say about what it cannot."""

from __future__ import annotations

import json
import time
from typing import Any

import msgspec
import pytest

from parhelion.wire import (
    AppKey,
    AppKeyResponse,
    Author,
    FormMessage,
    ImageMessage,
    Link,
    MessageListResponse,
    MessagePost,
    TemplateMessage,
    TextMessage,
    UnknownAction,
    UnknownContent,
)
from parhelion.wire.reading import MOST, Fault, Unreadable, strict, tolerant
from parhelion.wire.writing import write


def message(id: Any, **content: Any) -> dict[str, Any]:
    received = "2026-01-01T12:00:00.000Z"
    content = content or {"type": "text", "text": "hello"}
    return {"id": id, "received": received, "author": {"type": "user"}, "content": content}


def page(*messages: Any, **rest: Any) -> bytes:
    return json.dumps({"messages": messages, **rest}).encode()


def read(body: bytes) -> tuple[list[Any], list[Fault]]:
    told: list[Fault] = []
    found: MessageListResponse = tolerant(body, MessageListResponse, told.append)
    return found.messages, told


def test_unknown_content_keeps_the_raw_object_and_is_not_a_fault() -> None:
    raw = {"type": "hologram", "depth": 3, "actions": [{"type": "wave"}]}
    messages, told = read(page(message("1"), message("2", **raw)))
    assert messages[0].content == TextMessage(text="hello")
    assert messages[1].content == UnknownContent(type="hologram", fields=raw)  # type: ignore[arg-type]
    assert told == []


def test_an_unknown_action_leaves_its_neighbours_and_its_message_typed() -> None:
    actions = [{"type": "wave", "text": "hi"}, {"type": "link", "text": "go", "uri": "https://a"}]
    [one], told = read(page(message("1", type="text", text="x", actions=actions)))
    assert isinstance(one.content, TextMessage)
    assert one.content.actions == [UnknownAction(type="wave", fields=actions[0]), Link(text="go", uri="https://a")]  # type: ignore[arg-type]
    assert told == []


def test_unknown_fields_do_not_leave_the_fast_path() -> None:
    body = page({**message("1"), "mood": "good"}, novelty=1)
    assert strict(body, MessageListResponse).messages[0].id == "1"


def test_content_of_a_known_type_in_an_unknown_shape_is_kept_raw() -> None:
    [one], told = read(page(message("1", type="carousel", items=[{"actions": []}])))
    assert isinstance(one.content, UnknownContent)
    assert one.content.fields["items"] == [{"actions": []}]
    assert told == []


def test_a_message_that_is_none_costs_itself_not_the_page_and_is_told() -> None:
    messages, told = read(page(message("1"), message(None), message("3"), meta={"hasMore": "perhaps"}))
    assert [each.id for each in messages] == ["1", "3"]
    assert [fault.place for fault in told] == ["messages[1]", "meta.hasMore"]


def test_a_value_that_metadata_cannot_have_costs_its_own_key_which_is_not_told() -> None:
    [one], told = read(page({**message("1"), "metadata": {"a": 1, "b": None, "c": [1], "d": "x"}}))
    assert one.metadata == {"a": 1, "d": "x"}
    assert [fault.place for fault in told] == ["messages[0].metadata"]


def test_a_time_without_a_zone_is_taken_for_utc() -> None:
    [one, two], told = read(page(message("1") | {"received": "2026-01-01T12:00:00"}, message("2")))
    assert one.received == two.received
    assert told == []


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (rb'"cut off \ud83d"', "cut off \ufffd"),
        (rb'"\ude00 the other half \ud83d\ude00"', "\ufffd the other half \U0001f600"),
        (rb'"\\ud83d and \\\ud83d"', "\\ud83d and \\\ufffd"),
        (b'"Gr\xfc\xdfe"', "Gr\ufffd\ufffde"),
    ],
)
def test_what_is_no_text_in_a_text_costs_itself(written: bytes, text: str) -> None:
    body = page(message("1"), message("2", type="text", text="@"), message("3")).replace(b'"@"', written)
    messages, told = read(body)
    assert [each.content.text for each in messages] == ["hello", text, "hello"]
    assert told == []


@pytest.mark.parametrize("strange", [b"1e999", b"9" * 5000, b"NaN", b"-Infinity", b"[" * 5000 + b"]" * 5000])
def test_what_cannot_be_held_costs_its_own_place(strange: bytes) -> None:
    body = page(message("1"), {**message("2"), "metadata": {"a": 1, "b": "@"}}, message("3")).replace(b'"@"', strange)
    messages, told = read(body)
    assert [each.id for each in messages] == ["1", "2", "3"]
    assert messages[1].metadata == {"a": 1}
    assert [fault.place for fault in told] == ["messages[1].metadata"]


def test_a_mark_at_the_beginning_is_passed_over() -> None:
    messages, _ = read(b"\xef\xbb\xbf" + page(message("1")))
    assert [each.id for each in messages] == ["1"]


@pytest.mark.parametrize("body", [b'{"messages":[{"id":"' + b'\\"' * 1_000_000, b'"' * 1_000_001, b"[{" * 1_000_000])
def test_what_is_cut_off_is_soon_given_up(body: bytes) -> None:
    begun = time.process_time()
    with pytest.raises(msgspec.DecodeError):
        read(body)
    assert time.process_time() - begun < 10  # and not an hour


def test_nothing_is_told_of_what_is_not_answered() -> None:
    told: list[Fault] = []
    with pytest.raises(msgspec.DecodeError):
        tolerant(b'{"meta":7,"messages":null}', MessageListResponse, told.append)
    assert told == []


def test_limits_bind_the_sender_not_the_reader() -> None:
    messages, told = read(page(message("1", type="text", text="x" * 5000), message("2", type="carousel", items=[])))
    assert len(messages[0].content.text) == 5000
    assert messages[1].content.items == []
    assert told == []


def test_something_unknown_goes_out_as_it_came_in() -> None:
    post = MessagePost(
        author=Author(type="business"),
        content=ImageMessage(media_url="https://a", actions=[UnknownAction(type="wave", fields={"type": "wave"})]),  # type: ignore[arg-type]
    )
    assert json.loads(write(post))["content"]["actions"] == [{"type": "wave"}]


def test_every_fault_of_a_post_is_told_with_its_place() -> None:
    actions = [{"type": "wave"}, {"type": "link", "uri": ""}]
    items = [{"title": 3, "actions": actions}]
    body = {"author": {"type": "alien"}, "content": {"type": "carousel", "items": items}, "metadata": {"a": []}}
    with pytest.raises(Unreadable) as refused:
        strict(json.dumps(body).encode(), MessagePost)
    assert [str(fault) for fault in refused.value.faults] == [
        "author.type: should be one of business, user; 'alien' is not",
        "content.items[0].title: should be a string, not an integer",
        "content.items[0].actions[0]: should be one of buy, link, postback, webview; 'wave' is not",
        "content.items[0].actions[1].uri: should have at least 1 character",
        "content.items[0].actions[1]: should have required property 'text'",
        "metadata: should be true or false or a number or a string, not an array",
    ]


def test_a_body_made_of_faults_is_told_a_few_of_them() -> None:
    body = {"author": {"type": "user"}, "content": {"type": "text", "actions": [{}] * 10_000}}
    with pytest.raises(Unreadable) as refused:
        strict(json.dumps(body).encode(), MessagePost)
    assert len(refused.value.faults) == MOST


@pytest.mark.parametrize("body", [b"{", b"[]", b"", b"null", b'{"author":{"type":"user"},"content":{}}'])
def test_nonsense_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        strict(body, MessagePost)


@pytest.mark.parametrize("tag", ["hologram", "(unknown)"])
def test_a_server_never_takes_an_unknown_type(tag: str) -> None:
    action = {"type": tag, "unknownType": "x", "fields": {}}
    for content in (action, {"type": "text", "text": "x", "actions": [action]}):
        with pytest.raises(Unreadable):
            strict(json.dumps({"author": {"type": "user"}, "content": content}).encode(), MessagePost)


def test_a_new_word_where_words_are_closed_is_kept_as_it_came() -> None:
    raw = message("1", type="form", fields=[{"type": "date", "name": "d", "label": "When?"}])
    raw["author"] = {"type": "robot", "subtypes": ["agent", "owl"]}
    [one], told = read(page(raw))
    assert isinstance(one.content, FormMessage)
    assert one.content.fields[0].type == "date"
    assert (one.author.type, one.author.subtypes) == ("robot", ["agent", "owl"])
    assert told == []


def test_a_quoted_message_is_read_like_any_other() -> None:
    raw = message("2") | {"quotedMessage": {"type": "message", "message": message("1", type="hologram")}}
    other = message("3") | {"quotedMessage": {"type": "telepathy", "thought": 1}}
    [one, two], told = read(page(raw, other))
    assert one.quoted_message.message.content == UnknownContent(type="hologram", fields={"type": "hologram"})
    assert two.quoted_message.fields == {"type": "telepathy", "thought": 1}
    assert told == []


@pytest.mark.parametrize("read_it", [strict, tolerant])
def test_json_nested_beyond_measure_is_an_error_and_not_a_crash(read_it: Any) -> None:
    for body in (b"[" * 50_000, b'{"author":' * 50_000, page(message("1")) + b"[" * 50_000):
        with pytest.raises((Unreadable, msgspec.DecodeError)):
            read_it(body, MessageListResponse)


def test_what_was_not_said_is_not_sent() -> None:
    said = MessagePost(author=Author(type="business"), content=TextMessage(text="x"))
    assert write(said) == b'{"author":{"type":"business"},"content":{"type":"text","text":"x"}}'


def test_a_secret_is_not_in_a_repr() -> None:
    key = AppKey(id="app_1", display_name="x", secret="hush")
    assert "hush" not in repr(key) + str(key) + repr(AppKeyResponse(key=key))


def test_data_that_looks_like_something_unknown_goes_out_untouched() -> None:
    trick = {"type": "(unknown)", "unknownType": "x", "fields": "gone"}
    template = TemplateMessage(template={"deep": [trick], "empty": None})
    action = UnknownAction(type="wave", fields={"type": "wave", "fields": None})  # type: ignore[arg-type]
    text = TextMessage(text="(unknown)", actions=[action], block_chat_input=False)
    for content, expected in (
        (template, {"type": "template", "template": {"deep": [trick], "empty": None}}),
        (text, {"type": "text", "text": "(unknown)", "actions": [action.fields], "blockChatInput": False}),
    ):
        said = MessagePost(author=Author(type="business"), content=content, metadata=trick)
        body = json.loads(write(said))
        assert body == {"author": {"type": "business"}, "content": expected, "metadata": trick}

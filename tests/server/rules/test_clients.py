"""Link requests: which address is one, and which message may go out with it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from parhelion.server.rules import clients
from parhelion.wire import ClientCreate

TEXT = {"author": {"type": "business"}, "content": {"type": "text", "text": "Is this you?"}}
LINK = {"type": "link", "text": "Read", "uri": "https://example.org"}


def request(message: Any = None, **criteria: Any) -> ClientCreate:
    said = {"type": "whatsapp", "integrationId": "i", "phoneNumber": "+15550001234", **criteria}
    confirmation = {"type": "prompt"} | ({"message": message} if message else {})
    body = {"matchCriteria": said, "confirmation": confirmation, "target": {"conversationId": "c"}}
    return msgspec.convert(body, ClientCreate)


def faults(body: ClientCreate) -> list[str]:
    return list(map(str, clients.faults(body)))


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("+1 212-555-2368", "+12125552368"),
        ("+12125552368", "+12125552368"),
        ("+1 212 555 2368", "+12125552368"),
        ("+1 (212) 555.2368", "+12125552368"),
        ("+123456789012345", "+123456789012345"),
        ("+1234567", "+1234567"),
    ],
)
@pytest.mark.parametrize("type", ["whatsapp", "twilio", "messagebird"])
def test_a_phone_number_has_a_plus_and_a_country(type: str, said: str, address: str) -> None:
    body = request(type=type, phoneNumber=said)
    assert faults(body) == []
    assert clients.address(body.match_criteria) == address


@pytest.mark.parametrize(
    "said",
    [
        "",
        "+",
        "212 555 2368",
        "1 212 555 2368",
        "0012125552368",
        "+0 212 555 2368",
        "+123456",
        "+1234567890123456",
        "+1212555236x",
        "++12125552368",
        "+1 212 555 2368\n",
        "+1 212 555 2368 ext 1",
        "+١٢١٢٥٥٥٢٣٦٨",
    ],
)
def test_what_is_no_phone_number_is_told(said: str) -> None:
    [fault] = faults(request(phoneNumber=said))
    assert fault.startswith("matchCriteria.phoneNumber: should be a phone number")


def test_an_email_address_is_one_in_whatever_case() -> None:
    body = request(type="mailgun", address="Steve.B+x@Channel5.com", subject="Hello")
    assert faults(body) == []
    assert clients.address(body.match_criteria) == "steve.b+x@channel5.com"


@pytest.mark.parametrize("said", ["", "steve", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\n", "a" * 251 + "@b.c"])
def test_what_is_no_email_address_is_told(said: str) -> None:
    assert faults(request(type="mailgun", address=said)) == ["matchCriteria.address: should be an email address"]


@pytest.mark.parametrize(
    "message",
    [
        TEXT,
        TEXT | {"content": TEXT["content"] | {"actions": [LINK, LINK]}},
        TEXT | {"content": {"type": "image", "mediaUrl": "https://example.org/a.png", "actions": [LINK]}},
    ],
)
def test_texts_and_images_with_links_may_go_out(message: Any) -> None:
    assert faults(request(message)) == []


REPLY = {"type": "reply", "text": "Yes", "payload": "y"}


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (TEXT | {"author": {"type": "user", "userId": "u"}}, ["author.type: should be business"]),
        (
            TEXT | {"content": {"type": "file", "mediaUrl": "https://example.org/a.pdf"}},
            ["content.type: should be one of text, image"],
        ),
        (
            TEXT | {"content": TEXT["content"] | {"actions": [LINK, REPLY]}},
            ["content.actions[1].type: should be link"],
        ),
        (
            TEXT | {"content": {"type": "image", "mediaUrl": "https://example.org/a.png", "actions": [REPLY]}},
            ["content.actions[0].type: should be link"],
        ),
        (
            TEXT | {"content": {"type": "text", "text": " "}},
            ["content: should have at least one of text, htmlText, markdownText and actions"],
        ),
        (
            TEXT | {"content": {"type": "image", "mediaUrl": "ftp://a.b"}},
            ["content.mediaUrl: should be an absolute http or https address"],
        ),
        (TEXT | {"metadata": {"a": "x" * 4096}}, ["Message metadata is limited to 4096 bytes in size."]),
    ],
)
def test_what_may_not_go_out_is_told_with_its_place(message: Any, told: list[str]) -> None:
    found = faults(request(message))
    assert [fault.removeprefix("confirmation.message").lstrip(".: ") for fault in found] == told
    assert all(fault.startswith("confirmation.message") for fault in found)


def test_every_fault_is_told() -> None:
    message = TEXT | {"author": {"type": "business", "userId": "u"}, "content": {"type": "text"}}
    assert len(faults(request(message, phoneNumber="1"))) == 3

"""From a call's arguments to a request."""

from __future__ import annotations

import json
from typing import Any

import pytest

from parhelion.client.ask import ask
from parhelion.client.uploads import Multipart
from parhelion.operations import Apps, Attachments, Conversations, Declared, Messages, Users
from parhelion.wire import AppCreateBody, Author, MessagePost, Page, TextMessage, Unknown, UnknownAction as Strange
from parhelion.wire._wire import Kept
from tests.client.support import HELLO


def asked(operation: Declared[Any], app_id: str | None = "app1", prefix: str = "", **arguments: Any) -> Any:
    return ask(operation, app_id, arguments, "https://example.org", prefix)


def test_arguments_travel_where_their_names_say() -> None:
    listing = asked(Messages.list, conversation_id="a/b", page=Page(before="x y", size=3))
    assert (listing.method, listing.body) == ("GET", None)
    assert listing.url == (
        "https://example.org/v2/apps/app1/conversations/a%2Fb/messages?page%5Bbefore%5D=x+y&page%5Bsize%5D=3"
    )
    user = asked(Users.get, user_id_or_external_id="ü@x", brand_id="b&c")
    assert user.path == "/v2/apps/app1/users/%C3%BC%40x?brandId=b%26c"


def test_a_body_is_json_of_a_known_length() -> None:
    post = asked(Messages.post, conversation_id="c", body=HELLO)
    assert json.loads(post.body) == {"author": {"type": "business"}, "content": {"type": "text", "text": "hello"}}
    assert post.headers == {"content-type": "application/json", "content-length": str(len(post.body))}


def test_what_was_received_unknown_goes_out_as_it_came() -> None:
    raw = {"type": "dance", "steps": [1, 2]}
    body = MessagePost(
        author=Author(type="business"), content=TextMessage(text="x", actions=[Strange(type="dance", fields=Kept(raw))])
    )
    assert json.loads(asked(Messages.post, conversation_id="c", body=body).body)["content"]["actions"] == [raw]
    assert issubclass(Strange, Unknown)


def test_a_read_has_no_body_headers() -> None:
    assert asked(Conversations.get, conversation_id="c").headers == {}


def test_a_path_may_come_before() -> None:
    assert asked(Conversations.get, prefix="/sc", conversation_id="c").path == "/sc/v2/apps/app1/conversations/c"


@pytest.mark.parametrize("bad", ["", ".", "..", None, 3, b"x"])
def test_a_path_argument_never_addresses_something_else(bad: Any) -> None:
    with pytest.raises(ValueError, match="message_id cannot be"):
        asked(Messages.delete, conversation_id="c", message_id=bad)
    with pytest.raises(ValueError, match="conversation_id"):
        asked(Messages.delete_all, conversation_id=bad)


@pytest.mark.parametrize("tricky", ["../x", "a?b", "a#b", "%2e%2e", "a\r\nx: y", "\u202e"])
def test_a_path_argument_stays_one_segment(tricky: str) -> None:
    path = asked(Conversations.get, conversation_id=tricky).path
    assert path.count("/") == 5
    assert not set(path) & set("?#\r\n ")
    assert path.isascii()


def test_an_operation_in_an_app_needs_one() -> None:
    with pytest.raises(ValueError, match=r"Messages.list needs an app.*for_app.*PARHELION_APP_ID"):
        asked(Messages.list, app_id=None, conversation_id="c")
    assert asked(Apps.create, app_id=None, body=AppCreateBody(display_name="x")).path == "/v2/apps"


def test_an_upload_says_its_length_or_that_it_has_none() -> None:
    known = asked(Attachments.upload, source=b"abc", for_="message", conversation_id="c")
    assert known.path == "/v2/apps/app1/attachments?for=message&conversationId=c"
    assert isinstance(known.body, Multipart)
    assert known.headers["content-length"] == str(len(b"".join(known.body.chunks())))
    assert known.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert asked(Attachments.upload, source=iter([b"abc"])).headers["transfer-encoding"] == "chunked"

"""The official client, as it comes from the package index, against our server.

What a release itself cannot do is listed here by name, and each entry is checked, so that the list stays true.
"""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parhelion.client import KeyJWT
from tests.live import Caller, Live
from tests.official.environments import NoClient, Official
from tests.official.store import STRANGE, form_response, put, strange

VERSIONS = ("12.8.0", "17.0.1")
NEW = "17.0.1"

PRELUDE = """
import sunshine_conversations_client as s
from sunshine_conversations_client import *
configuration = s.Configuration(host={url!r})
{credentials}
api_client = s.ApiClient(configuration)
messages, attachments = s.MessagesApi(api_client), s.AttachmentsApi(api_client)
app, conversation = {app!r}, {conversation!r}
new = {new}
content = s.Content if new else lambda it: it
action = s.Action if new else lambda it: it
subset = s.ActionSubset if new else lambda it: it
def post(said, **more):
    body = s.MessagePost(author=s.Author(type="business"), content=content(said), **more)
    return messages.post_message(app, conversation, body).messages[0]
def items():
    look = Link(type="link", text="Look", uri="https://example.org/")
    buttons = [Postback(type="postback", text="Take it", payload="TAKE"), look]
    return [Item(title="One", description="The first", actions=[subset(each) for each in buttons])]
"""

# What is said, in words that every release has.
SAID = {
    "text": "TextMessage(type='text', text='Hello', actions=[action(Reply(type='reply', text='Yes', payload='YES')),"
    " action(LocationRequest(type='locationRequest', text='Where?'))])",
    "text with buttons": "TextMessage(type='text', text='Choose', actions=["
    "action(Link(type='link', text='Look', uri='https://example.org/')),"
    " action(Postback(type='postback', text='Take it', payload='TAKE', metadata={'size': 3})),"
    " action(Buy(type='buy', text='Pay', amount=1099, currency='eur')),"
    " action(Webview(type='webview', text='Open', uri='https://example.org/', fallback='https://example.org/plain'))])",
    "image": "ImageMessage(type='image', media_url='https://example.org/sun.png', text='The sun')",
    "file": "FileMessage(type='file', media_url='https://example.org/guide.pdf', text='The guide')",
    "carousel": "CarouselMessage(type='carousel', items=items(),"
    " display_settings=CarouselMessageDisplaySettings(image_aspect_ratio='square'))",
    "list": "ListMessage(type='list', items=items())",
    "location": "LocationMessage(type='location', coordinates=LocationMessageCoordinates(lat=78.2, long=15.6),"
    " location=LocationMessageLocation(name='Longyearbyen', address='A good place'))",
    "form": "FormMessage(type='form', fields=["
    "FormMessageField(type='text', name='a', label='Where?', placeholder='A town', min_size=2, max_size=9),"
    " FormMessageField(type='email', name='b', label='Your email?'),"
    " FormMessageField(type='select', name='c', label='How?', options=[{'name': 'x', 'label': 'Like this'}])])",
    "template": "TemplateMessage(type='template', template={'name': 'alert', 'language': {'code': 'en'}})",
}

# Dropped from what was answered, without a word: place by place, `*` for each of a list.
LOSES: dict[str, dict[str, set[str]]] = {
    "12.8.0": {
        "form": {f"content.fields.*.{name}" for name in ("minSize", "maxSize", "placeholder", "options")},
        "text as HTML": {"content.htmlText"},
        "an unknown content": {"content.depth"},
        "an unknown field": {"mood"},
    },
    "17.0.1": {
        "image": {"content.mediaType"},
        "file": {"content.mediaType"},
        "carousel": {"content.text"},
        "list": {"content.text"},
        "location": {"content.text"},
        "form": {"content.submitted"},
        "formResponse": {"content.textFallback", "quotedMessage.message.content.submitted"},
        "an unknown content": {"content.depth"},
        "an unknown field": {"mood"},
    },
}
# With such a message in it a page cannot be read at all.
CANNOT: dict[str, set[str]] = {
    "12.8.0": {"an activity as author", "an agent as author", "an unknown form field"},
    "17.0.1": {"an agent as author", "an unknown form field", "a text of 5000 characters", "an empty carousel"},
}


@pytest.fixture(scope="module", params=VERSIONS)
def official(request: pytest.FixtureRequest) -> Iterator[Official]:
    client = Official(request.param)
    yield client
    client.close()


def enter(official: Official, app: Caller, conversation: str, *, bearer: bool = False) -> None:
    credentials = f"configuration.username, configuration.password = {app.key_id!r}, {app.secret!r}"
    if bearer:
        token = KeyJWT(app.key_id, app.secret).authorization(time.time()).removeprefix("Bearer ")
        credentials = f"configuration.access_token = {token!r}"
    official.run(
        PRELUDE.format(
            url=app.url,
            credentials=credentials,
            app=app.app_id,
            conversation=conversation,
            new=official.version == NEW,
        )
    )


def stored(app: Caller, conversation: str) -> list[dict[str, Any]]:
    return app.get(app.messages(conversation)).json["messages"]


@pytest.mark.parametrize("bearer", [False, True], ids=["basic", "bearer"])
def test_the_six_operations(official: Official, app: Caller, conversation: str, tmp_path: Path, bearer: bool):
    enter(official, app, conversation, bearer=bearer)

    first = official.run("answer = post(TextMessage(type='text', text='one')).id")
    second = official.run("answer = post(TextMessage(type='text', text='two'), metadata={'number': 2}).id")
    assert [each["id"] for each in stored(app, conversation)] == [first, second]

    read = official.run(
        "answer = [each.id for each in messages.list_messages(app, conversation, page=Page()).messages]"
    )
    assert read == [first, second]
    before = f"page=Page(before={second!r})"
    read = official.run(f"answer = [each.id for each in messages.list_messages(app, conversation, {before}).messages]")
    assert read == [first]

    official.run(f"messages.delete_message(app, conversation, {first!r})")
    assert [each["id"] for each in stored(app, conversation)] == [second]

    (tmp_path / "ü name.txt").write_text("what is in it")
    named = "var_for" if official.version == NEW else "_for"
    upload = f"app, 'public', {str(tmp_path / 'ü name.txt')!r}, {named}='message', conversation_id=conversation"
    url = official.run(f"answer = attachments.upload_attachment({upload}).attachment.media_url")
    assert app.get(url.removeprefix(app.url)).body == b"what is in it"
    official.run(f"attachments.delete_attachment(app, AttachmentDeleteBody(media_url={url!r}))")
    assert app.get(url.removeprefix(app.url)).status == 404

    official.run("messages.delete_all_messages(app, conversation)")
    assert stored(app, conversation) == []


def test_bytes_are_uploaded_under_a_name(official: Official, app: Caller, conversation: str):
    if official.version != NEW:
        pytest.skip("only 17 takes bytes")
    enter(official, app, conversation)
    url = official.run("answer = attachments.upload_attachment(app, 'public', ('a.txt', b'abc')).attachment.media_url")
    assert app.get(url.removeprefix(app.url)).body == b"abc"


def test_pages_backwards(official: Official, app: Caller, conversation: str):
    posted = [app.say(conversation, str(number))["id"] for number in range(230)]
    enter(official, app, conversation)
    walk = """
read, page = [], None
while True:
    got = messages.list_messages(app, conversation, page=page) if page else messages.list_messages(app, conversation)
    read = [each.id for each in got.messages] + read
    if not got.meta.has_more:
        break
    page = Page(before=got.meta.before_cursor)
answer = read
"""
    assert official.run(walk) == posted


def test_what_is_refused(official: Official, app: Caller, conversation: str):
    enter(official, app, conversation)
    nowhere = """
try:
    messages.list_messages(app, '0' * 24)
except s.ApiException as refused:
    answer = [refused.status, refused.body]
"""
    status, body = official.run(nowhere)
    assert (status, json.loads(body)["errors"][0]["code"]) == (404, "conversation_not_found")


@pytest.mark.parametrize("kind", SAID)
def test_every_type_is_posted_and_read_back(official: Official, app: Caller, conversation: str, kind: str):
    enter(official, app, conversation)
    schema = ", schema='whatsapp'" if kind == "template" else ""
    posted = official.run(f"answer = post({SAID[kind]}{schema}).id")
    [raw] = stored(app, conversation)
    assert raw["id"] == posted
    assert kind.startswith(raw["content"]["type"])
    check_read(official, raw, kind)


def test_a_form_response_is_read(official: Official, live: Live, app: Caller, conversation: str):
    fields = [{"type": "text", "name": "a", "label": "Where?"}]
    form = app.say(conversation, type="form", fields=fields, text=None)
    put(live, app, conversation, form_response(form, app.user(externalId="ada")))
    enter(official, app, conversation)
    check_read(official, stored(app, conversation)[-1], "formResponse")


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_not_of_its_time(official: Official, live: Live, app: Caller, conversation: str, name: str):
    put(live, app, conversation, strange(name))
    enter(official, app, conversation)
    [raw] = stored(app, conversation)
    assert strange(name).items() <= raw.items()
    check_read(official, raw, name)


def check_read(official: Official, raw: dict[str, Any], kind: str) -> None:
    read = "answer = messages.list_messages(app, conversation).messages[-1].to_dict()"
    if kind in CANNOT[official.version]:
        with pytest.raises(NoClient):
            official.run(read)
        return
    lost = set(missing(raw, camel(official.run(read))))
    assert lost == LOSES[official.version].get(kind, set())


def missing(said: Any, read: Any, place: str = "") -> Iterator[str]:
    """What was said and not read."""
    if isinstance(said, dict) and isinstance(read, dict):
        for key, value in said.items():
            yield from missing(value, read.get(key), f"{place}.{key}" if place else key)
    elif isinstance(said, list) and isinstance(read, list) and len(said) == len(read):
        for one, other in zip(said, read, strict=True):
            yield from missing(one, other, f"{place}.*")
    elif said != read:
        yield place


def camel(value: Any) -> Any:
    """Up to 12 keys are in snake case."""
    if isinstance(value, list):
        return [camel(each) for each in value]
    if isinstance(value, dict):
        return {re.sub(r"_(\w)", lambda found: found[1].upper(), key): camel(each) for key, each in value.items()}
    return value

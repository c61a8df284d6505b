"""Calls, with the arguments of every release, against a live server."""

import gc
import io
import json
import subprocess
import sys
import threading
import time
import tracemalloc
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.pool import ApplyResult
from pathlib import Path
from typing import Self

import pytest
import urllib3

import sunshine_conversations_client as s
from tests.live import Caller, Live
from tests.official.store import STRANGE, form_response, put, strange

HELLO = s.MessagePost(author=s.Author("business"), content=s.TextMessage(text="Hello"))


def test_post_and_list(app: Caller, messages: s.MessagesApi, conversation: str):
    posted = messages.post_message(app.app_id, conversation, HELLO)
    assert isinstance(posted, s.MessagePostResponse)
    read = messages.list_messages(app.app_id, conversation)
    assert isinstance(read, s.MessageListResponse)
    assert [each.id for each in read.messages] == [posted.messages[0].id]
    assert read.meta.has_more is False
    assert read.to_dict() == app.get(app.messages(conversation)).json


@pytest.mark.parametrize(
    "body",
    [
        {"author": {"type": "business"}, "content": {"type": "text", "text": "Hello"}},
        {"author": s.Author("business"), "content": s.TextMessage(text="Hello")},
        s.MessagePost({"type": "business"}, s.Content(s.TextMessage(text="Hello"))),
        s.MessagePost(author=s.Author("business"), content=s.Content(type="text", text="Hello")),
    ],
)
def test_a_body_may_be_a_model_or_dicts(app: Caller, messages: s.MessagesApi, conversation: str, body):
    assert messages.post_message(app.app_id, conversation, body).messages[0].content.text == "Hello"
    named = {"app_id": app.app_id, "conversation_id": conversation, "message_post": body}
    assert messages.post_message(**named).messages[0].content.text == "Hello"


def test_pages(app: Caller, messages: s.MessagesApi, conversation: str):
    ids = [app.say(conversation, str(number))["id"] for number in range(120)]
    newest = messages.list_messages(app.app_id, conversation, page=s.Page())
    assert [each.id for each in newest.messages] == ids[20:]
    for page in (s.Page(before=newest.meta.before_cursor), {"before": newest.meta.before_cursor}):
        assert [each.id for each in messages.list_messages(app.app_id, conversation, page=page).messages] == ids[:20]
    later = messages.list_messages(app.app_id, conversation, page=s.Page(after=ids[100]))
    assert [each.id for each in later.messages] == ids[101:]


def test_what_deleting_answers(app: Caller, messages: s.MessagesApi, conversation: str):
    message = app.say(conversation)["id"]
    assert messages.delete_message(app.app_id, conversation, message) == {}
    assert messages.delete_all_messages(app.app_id, conversation) == {}


def test_with_http_info_in_both_dialects(app: Caller, messages: s.MessagesApi, conversation: str):
    answer = messages.list_messages_with_http_info(app.app_id, conversation)
    assert (answer.status_code, answer.data.messages) == (200, [])
    assert json.loads(answer.raw_data)["messages"] == []
    data, status, headers = answer
    assert (data.messages, status, headers["Content-Type"]) == ([], 200, headers["content-type"])
    assert answer[1] == 200
    only = messages.list_messages_with_http_info(app.app_id, conversation, _return_http_data_only=True)
    assert only.messages == []


def test_without_preload_content(app: Caller, messages: s.MessagesApi, conversation: str):
    for answer in (
        messages.list_messages_without_preload_content(app.app_id, conversation),
        messages.list_messages(app.app_id, conversation, _preload_content=False),
    ):
        assert isinstance(answer, urllib3.HTTPResponse)
        assert answer.status == 200
        assert json.loads(answer.data)["messages"] == []
    refused = messages.list_messages_without_preload_content(app.app_id, "0" * 24)
    assert (refused.status, json.loads(refused.read())["errors"][0]["code"]) == (404, "conversation_not_found")
    with pytest.raises(s.ApiException):
        messages.list_messages(app.app_id, "0" * 24, _preload_content=False)


def test_async_req(app: Caller, configuration: s.Configuration, conversation: str):
    with s.ApiClient(configuration, pool_threads=3) as client:
        api = s.MessagesApi(client)
        threads = [api.post_message(app.app_id, conversation, HELLO, async_req=True) for _ in range(6)]
        assert all(isinstance(each, ApplyResult) for each in threads)
        posted = {each.get(30).messages[0].id for each in threads}
        failing = api.list_messages(app.app_id, "0" * 24, async_req=True)
        with pytest.raises(s.ApiException):
            failing.get(30)
    assert {each["id"] for each in app.get(app.messages(conversation)).json["messages"]} == posted


def test_threads_end_with_the_client(app: Caller, configuration: s.Configuration, conversation: str):
    def threads() -> set[threading.Thread]:
        return set(threading.enumerate())

    before = threads()
    with s.ApiClient(configuration, pool_threads=3) as client:
        assert threads() == before  # begun when first needed
        s.MessagesApi(client).list_messages(app.app_id, conversation, async_req=True).get(30)
        assert len(threads() - before) >= 3
    assert threads() == before
    forgotten = s.ApiClient(configuration)
    s.MessagesApi(forgotten).list_messages(app.app_id, conversation, async_req=True).get(30)
    forgotten.transport.close()
    del forgotten
    gc.collect()
    deadline = time.monotonic() + 10
    while threads() != before:
        assert time.monotonic() < deadline, threads() - before
        threading.Event().wait(0.01)


def test_a_closed_client_may_be_used_again(app: Caller, configuration: s.Configuration, conversation: str):
    with s.ApiClient(configuration) as client:
        api = s.MessagesApi(client)
        api.list_messages(app.app_id, conversation)
    assert api.list_messages(app.app_id, conversation).messages == []
    client.close()


def test_options_may_stand_in_their_place_as_in_17(app: Caller, messages: s.MessagesApi, api_client: s.ApiClient):
    users, auth = (
        s.UsersApi(api_client),
        {"type": "basic", "in": "header", "key": "Authorization", "value": "Basic eDp5"},
    )
    ada = app.user(externalId="ada")
    assert users.get_user(app.app_id, "ada", 5.0).user.id == ada
    with pytest.raises(s.exceptions.UnauthorizedException):
        users.get_user(app.app_id, "ada", (5.0, 5.0), auth)
    # What the API learned later is given by name.
    assert users.get_user(app.app_id, "ada", brand_id=None).user.id == ada
    with pytest.raises(s.ApiTypeError, match="multiple"):
        users.get_user(app.app_id, "ada", 5.0, _request_timeout=5.0)
    with pytest.raises(s.ApiTypeError, match="at most"):
        users.get_user(app.app_id, "ada", 5.0, None, None, None, 0, "too many")


def test_options_of_one_call(app: Caller, messages: s.MessagesApi, api_client: s.ApiClient, conversation: str):
    plain = {"_request_timeout": (5, 10), "_headers": {"X-Mine": "1"}, "_host_index": 0}
    assert messages.list_messages(app.app_id, conversation, **plain).messages == []
    assert messages.list_messages(app.app_id, conversation, _request_timeout=5).messages == []
    api_client.configuration.password = "wrong"
    with pytest.raises(s.ApiException):
        messages.list_messages(app.app_id, conversation)
    auth = {"type": "basic", "in": "header", "key": "Authorization", "value": app.basic()}
    assert messages.list_messages(app.app_id, conversation, _request_auth=auth).messages == []
    with pytest.raises(s.exceptions.ApiException) as refused:
        messages.post_message(app.app_id, conversation, HELLO, _request_auth=auth, _content_type="text/plain")
    assert refused.value.status == 415
    with pytest.raises(s.ApiValueError):
        messages.list_messages(app.app_id, conversation, _host_index=1)


def test_bare_bytes_have_the_name_that_17_gave_them(app: Caller, attachments: s.AttachmentsApi):
    for source in (b"abc", bytearray(b"abc"), [b"abc"]):
        url = attachments.upload_attachment(app.app_id, "public", source).attachment.media_url
        assert url.endswith("/source.txt")  # the ending is the server's
        assert app.get(url.removeprefix(app.url)).body == b"abc"


@pytest.mark.parametrize("of", ["path", "list of one path", "Path", "named bytes", "open file"])
def test_sources_of_an_upload(app: Caller, attachments: s.AttachmentsApi, conversation: str, tmp_path: Path, of: str):
    path = tmp_path / "a b.txt"
    path.write_bytes(b"what is in it")
    with path.open("rb") as opened:
        source = {
            "path": str(path),
            "list of one path": [str(path)],
            "Path": path,
            "named bytes": ("a b.txt", b"what is in it"),
            "open file": opened,
        }[of]
        answer = attachments.upload_attachment(app.app_id, "public", source, conversation_id=conversation)
    assert isinstance(answer, s.AttachmentResponse)
    url = answer.attachment.media_url
    assert app.get(url.removeprefix(app.url)).body == b"what is in it"
    assert attachments.delete_attachment(app.app_id, s.AttachmentDeleteBody(url)) == {}
    assert app.get(url.removeprefix(app.url)).status == 404


@pytest.mark.parametrize("name", ["_for", "var_for", "for_"])
def test_what_an_upload_is_for(app: Caller, attachments: s.AttachmentsApi, name: str):
    source = ("a.txt", io.BytesIO(b"abc"))
    answer = attachments.upload_attachment(app_id=app.app_id, access="public", source=source, **{name: "message"})
    assert answer.attachment.media_type.startswith("text/plain")


def test_an_upload_is_streamed(app: Caller, attachments: s.AttachmentsApi, tmp_path: Path):
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        for _ in range(20):
            file.write(b"a" * 1024 * 1024)
    attachments.upload_attachment(app.app_id, "public", ("a.txt", b"warm"))
    tracemalloc.start()
    attachments.upload_attachment(app.app_id, "public", str(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * 1024 * 1024


def test_a_large_upload_costs_no_memory(tmp_path: Path):
    """A process that sends 50 MB, by path and from an open file, is as small after it as before."""
    size = 50 * 1024 * 1024
    with (tmp_path / "large.txt").open("wb") as file:
        file.truncate(size)
    with Sink() as sink:
        program = [sys.executable, "-c", UPLOADS, sink.url, str(tmp_path / "large.txt")]
        done = subprocess.run(program, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert all(each > size for each in sink.taken[1:])
    assert len(sink.taken) == 3
    assert int(done.stdout) < 4 * 1024, f"{done.stdout} KiB more"


UPLOADS = """
import resource, sys
import sunshine_conversations_client as s
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
client = s.ApiClient(s.Configuration(host=sys.argv[1]))
files = s.AttachmentsApi(client)
files.upload_attachment("a", "public", ("small.txt", b"warm"))
before = peak()
assert files.upload_attachment("a", "public", sys.argv[2]).attachment.media_url == "u"
with open(sys.argv[2], "rb") as file:
    files.upload_attachment("a", "public", file)
print(peak() - before)
client.close()
"""


class Sink:
    """Takes whatever is posted, keeps how much it was, and answers as if it were an attachment."""

    def __init__(self) -> None:
        self.taken: list[int] = []
        taken = self.taken

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                left = size = int(self.headers["content-length"])
                while left:
                    left -= len(self.rfile.read(min(left, 1024 * 1024)))
                taken.append(size)
                said = b'{"attachment": {"mediaUrl": "u"}}'
                self.send_response(201)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, format: str, *args: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def test_several_files_at_once_are_refused(app: Caller, attachments: s.AttachmentsApi):
    with pytest.raises(s.ApiValueError, match="One file"):
        attachments.upload_attachment(app.app_id, "public", ["a.txt", "b.txt"])
    with pytest.raises(FileNotFoundError):
        attachments.upload_attachment(app.app_id, "public", "nowhere.txt")


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_message_does_not_cost_a_page(live: Live, app: Caller, messages: s.MessagesApi, name: str):
    conversation = app.conversation()
    before, after = app.say(conversation, "before"), None
    put(live, app, conversation, strange(name))
    after = app.say(conversation, "after")
    read = messages.list_messages(app.app_id, conversation)
    assert [each.content.text for each in read.messages][::2] == ["before", "after"]
    assert (read.messages[0].id, read.messages[2].id) == (before["id"], after["id"])
    assert strange(name).items() <= read.messages[1].to_dict().items()
    read.messages[1].to_dict(snake_case=True)
    assert repr(read)


def test_a_form_response_is_read(live: Live, app: Caller, messages: s.MessagesApi, conversation: str):
    form = app.say(conversation, type="form", fields=[{"type": "text", "name": "a", "label": "A"}], text=None)
    put(live, app, conversation, form_response(form, "0" * 24))
    message = messages.list_messages(app.app_id, conversation).messages[-1]
    assert isinstance(message.content.actual_instance, s.FormResponseMessage)
    assert message.content.fields[2].select[0].label == "Like this"
    assert message.content.text_fallback == "Where?: Here"
    assert isinstance(message.quoted_message.actual_instance, s.QuotedMessageMessage)
    assert message.quoted_message.message.content.fields[0].label == "A"


def test_the_other_declared_operations_come_for_free(account: Caller, app: Caller, api_client: s.ApiClient):
    users, conversations = s.UsersApi(api_client), s.ConversationsApi(api_client)
    user = users.create_user(app.app_id, s.UserCreateBody(external_id="ada", profile=s.Profile(given_name="Ada"))).user
    assert users.get_user(app.app_id, "ada").user.id == user.id
    body = s.ConversationCreateBody(type="personal", participants=[s.ParticipantSubSchema(user_id=user.id)])
    made = conversations.create_conversation(app.app_id, body).conversation
    assert conversations.get_conversation(app.app_id, made.id).conversation.type == s.ConversationType.PERSONAL
    configuration = s.Configuration(host=account.url, username=account.key_id, password=account.secret)
    with s.ApiClient(configuration) as client:
        apps, keys = s.AppsApi(client), s.AppKeysApi(client)
        new = apps.create_app(s.AppCreateBody(display_name="New")).app
        assert keys.create_app_key(new.id, {"display_name": "key"}).key.secret
        assert apps.get_app(new.id).app.display_name == "New"
        assert apps.list_apps(page=s.Page(size=1)).meta.has_more is True


def test_an_id_is_one_segment_of_the_path(app: Caller, messages: s.MessagesApi, conversation: str):
    app.say(conversation)
    for id in ("", ".", ".."):
        with pytest.raises(ValueError):
            messages.delete_message(app.app_id, conversation, id)
    with pytest.raises(s.exceptions.NotFoundException):
        messages.list_messages(app.app_id, f"../conversations/{conversation}")
    assert len(messages.list_messages(app.app_id, conversation).messages) == 1


def test_a_model_from_json_that_came_otherwise(api_client: s.ApiClient):
    said = {"id": "m", "content": {"type": "text", "text": "Hi"}}
    answer = urllib3.HTTPResponse(json.dumps([said]).encode())
    assert api_client.deserialize(answer, "list[Message]")[0].content.text == "Hi"
    assert api_client.deserialize(json.dumps(said), s.Message, "application/json").id == "m"
    assert api_client.sanitize_for_serialization(HELLO) == {
        "author": {"type": "business"},
        "content": {"type": "text", "text": "Hello"},
    }

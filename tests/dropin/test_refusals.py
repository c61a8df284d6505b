"""What is raised when something goes wrong."""

import pickle
import socket
import ssl
import threading
from contextlib import suppress

import pytest
import urllib3

import sunshine_conversations_client as s
from sunshine_conversations_client import rest
from sunshine_conversations_client.exceptions import (
    ApiException,
    BadRequestException,
    ConflictException,
    ForbiddenException,
    NotFoundException,
    ServiceException,
    UnauthorizedException,
    UnprocessableEntityException,
)
from tests.live import Caller

HELLO = s.MessagePost(author=s.Author("business"), content=s.TextMessage(text="Hello"))


class Fixed:
    """A server that gives everyone the same answer, or none, and keeps what it was asked."""

    def __init__(self, answer: bytes, tls: ssl.SSLContext | None = None) -> None:
        self._socket = socket.create_server(("", 0))
        self._answer, self._tls = answer, tls
        self.asked: list[bytes] = []
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            with connection:
                if self._stopped.is_set():
                    return
                with suppress(OSError):  # who is asked may not like our certificate
                    self._answers(self._tls.wrap_socket(connection, server_side=True) if self._tls else connection)

    def _answers(self, connection: socket.socket) -> None:
        with connection:
            self.asked.append(connection.recv(65536))
            if self._answer == b"silence":
                self._stopped.wait(10)
            connection.sendall(self._answer)

    def close(self) -> None:
        self._stopped.set()
        socket.create_connection(("127.0.0.1", self._socket.getsockname()[1])).close()
        self._thread.join(10)
        self._socket.close()


@pytest.fixture
def fixed(request: pytest.FixtureRequest):
    server = Fixed(request.param)
    yield server
    server.close()


def answer(status: str, body: str = "", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def api(url: str, **more) -> s.MessagesApi:
    return s.MessagesApi(s.ApiClient(s.Configuration(host=url, username="k", password="p", **more)))


def test_a_refusal_says_all_it_knows(app: Caller, messages: s.MessagesApi):
    with pytest.raises(NotFoundException) as caught:
        messages.list_messages(app.app_id, "0" * 24)
    error = caught.value
    assert isinstance(error, s.ApiException)
    assert (error.status, error.reason) == (404, "Not Found")
    assert isinstance(error.body, str)
    assert "conversation_not_found" in error.body
    assert error.headers["Content-Type"] == error.headers["content-type"]
    assert error.data.errors[0].code == "conversation_not_found"
    assert "(404)" in str(error)
    assert "Reason: Not Found" in str(error)
    assert error.body in str(error)
    assert pickle.loads(pickle.dumps(error)).status == 404


def test_real_refusals(app: Caller, messages: s.MessagesApi, api_client: s.ApiClient, conversation: str):
    with pytest.raises(BadRequestException):
        messages.post_message(app.app_id, conversation, {"author": {"type": "business"}})
    api_client.configuration.password = "wrong"
    with pytest.raises(UnauthorizedException):
        messages.list_messages(app.app_id, conversation)
    api_client.configuration.username = None
    with pytest.raises(UnauthorizedException):
        messages.list_messages(app.app_id, conversation)


@pytest.mark.parametrize(
    ("fixed", "kind"),
    [
        (answer("400 Bad Request"), BadRequestException),
        (answer("401 Unauthorized"), UnauthorizedException),
        (answer("403 Forbidden"), ForbiddenException),
        (answer("404 Not Found"), NotFoundException),
        (answer("409 Conflict"), ConflictException),
        (answer("422 Unprocessable"), UnprocessableEntityException),
        (answer("423 Locked"), ApiException),
        (answer("429 Too Many Requests", "", "Retry-After: 7"), ApiException),
        (answer("500 Oh", "<html>oh</html>"), ServiceException),
        (answer("503 Oh"), ServiceException),
        (answer("302 Found", "", "Location: /elsewhere"), ApiException),
        (answer("200 OK", "<html>hello</html>", "Content-Type: text/html"), ApiException),
    ],
    indirect=["fixed"],
)
def test_each_status_is_one_class_and_is_asked_once(fixed: Fixed, kind: type[ApiException]):
    for call in (lambda m: m.list_messages("a", "c"), lambda m: m.post_message("a", "c", HELLO)):
        fixed.asked.clear()
        with pytest.raises(ApiException) as caught:
            call(api(fixed.url))
        assert type(caught.value) is kind
        assert caught.value.status in (200, 302, *range(400, 600))
        assert len(fixed.asked) == 1


@pytest.mark.parametrize("fixed", [answer("503 Oh", "", "Retry-After: 0")], indirect=True)
def test_who_asks_for_retries_gets_them_where_they_are_safe(fixed: Fixed):
    for retries in (2, urllib3.Retry(2)):
        fixed.asked.clear()
        with pytest.raises(ServiceException):
            api(fixed.url, retries=retries).list_messages("a", "c")
        assert len(fixed.asked) == 3
        fixed.asked.clear()
        with pytest.raises(ServiceException):
            api(fixed.url, retries=retries).post_message("a", "c", HELLO)
        assert len(fixed.asked) == 1


def test_a_refused_connection_is_both():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    for kind in (ApiException, urllib3.exceptions.MaxRetryError, urllib3.exceptions.HTTPError, s.OpenApiException):
        with pytest.raises(kind) as caught:
            api(url).list_messages("a", "c")
        assert (caught.value.status, caught.value.body, caught.value.headers) == (0, None, None)
        assert "refused" in str(caught.value)
        assert pickle.loads(pickle.dumps(caught.value)).reason == caught.value.reason


@pytest.mark.parametrize("fixed", [b""], indirect=True)
def test_a_lost_answer_is_both_and_a_post_is_not_repeated(fixed: Fixed):
    with pytest.raises(ApiException) as caught:
        api(fixed.url, retries=5).post_message("a", "c", HELLO)
    assert isinstance(caught.value, urllib3.exceptions.HTTPError)
    assert isinstance(caught.value, urllib3.exceptions.ProtocolError)  # as urllib3 has it for a POST
    assert not isinstance(caught.value, urllib3.exceptions.TimeoutError)
    assert type(pickle.loads(pickle.dumps(caught.value))) is type(caught.value)
    assert len(fixed.asked) == 1


def test_who_is_not_reached_in_time_is_a_connect_timeout():
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    waiting: list[socket.socket] = []
    try:
        for _ in range(4):  # nobody accepts them, and there is no room for more
            waiting.append(socket.socket())
            waiting[-1].setblocking(False)
            waiting[-1].connect_ex(full.getsockname())
        for timeout in (0.05, (0.05, 30)):
            with pytest.raises(urllib3.exceptions.ConnectTimeoutError) as caught:
                api(f"http://127.0.0.1:{full.getsockname()[1]}").list_messages("a", "c", _request_timeout=timeout)
            assert isinstance(caught.value, ApiException)
            assert isinstance(caught.value, urllib3.exceptions.MaxRetryError)
            assert not isinstance(caught.value, urllib3.exceptions.ReadTimeoutError)
            assert type(pickle.loads(pickle.dumps(caught.value))) is type(caught.value)
    finally:
        for each in (full, *waiting):
            each.close()


@pytest.mark.parametrize("fixed", [b"silence"], indirect=True)
def test_silence_is_a_timeout(fixed: Fixed):
    for timeout in (0.05, (5, 0.05)):
        with pytest.raises(urllib3.exceptions.ReadTimeoutError) as caught:
            api(fixed.url).list_messages("a", "c", _request_timeout=timeout)
        assert isinstance(caught.value, ApiException)
        assert isinstance(caught.value, urllib3.exceptions.MaxRetryError)
        assert not isinstance(caught.value, urllib3.exceptions.ConnectTimeoutError)


def test_wrong_calls(app: Caller, messages: s.MessagesApi):
    for kind in (TypeError, ValueError, s.ApiTypeError, s.ApiValueError):
        with pytest.raises(kind, match="conversation_id"):
            messages.list_messages("a")
    with pytest.raises(s.ApiValueError, match="message_post"):
        messages.post_message("a", "c", None)
    with pytest.raises(s.ApiTypeError, match="pagee"):
        messages.list_messages("a", "c", pagee=s.Page())
    with pytest.raises(TypeError):
        messages.list_messages("a", "c", s.Page(), "too many")
    with pytest.raises(TypeError):
        messages.list_messages("a", app_id="b", conversation_id="c")


def test_a_timeout_is_a_number_or_a_pair(app: Caller, messages: s.MessagesApi, conversation: str):
    for timeout in (5, 2.5, (5, 10), [5, 10], (5, None), urllib3.Timeout(connect=5, read=10)):
        assert messages.list_messages(app.app_id, conversation, _request_timeout=timeout).messages == []
    for timeout in ("5", (1, 2, 3), ("5", "10"), {"read": 5}):
        for how in ({}, {"async_req": True}):  # said at once, not in a thread
            with pytest.raises(s.ApiTypeError, match="_request_timeout"):
                messages.list_messages(app.app_id, conversation, _request_timeout=timeout, **how)


def test_every_exception_of_an_answer_can_be_pickled():
    for status in (400, 401, 403, 404, 409, 418, 422, 500):
        said = urllib3.HTTPResponse(b'{"errors": [{"code": "x", "title": "X"}]}', {"X-Id": "7"}, status, reason="Oh")
        with pytest.raises(ApiException) as caught:
            ApiException.from_response(http_resp=rest.RESTResponse(said), body=None, data=None)
        again = pickle.loads(pickle.dumps(caught.value))
        assert type(again) is type(caught.value)
        assert (again.status, again.reason, again.body) == (status, "Oh", caught.value.body)
        assert (again.headers["x-id"], again.data.errors[0].code) == ("7", "x")
    for kind in (s.ApiTypeError, s.ApiValueError, s.ApiKeyError, s.ApiAttributeError):
        assert pickle.loads(pickle.dumps(kind("m"))).args == kind("m").args


def test_exceptions_made_by_programs():
    assert str(s.ApiException(418, "I am a teapot")) == "(418)\nReason: I am a teapot\n"
    assert s.ApiException(status=500, reason="Oh", body="{}").body == "{}"
    assert rest.ApiException is s.ApiException
    with pytest.raises(BadRequestException):
        ApiException.from_response(http_resp=urllib3.HTTPResponse(status=400), body="b", data=None)
    assert str(s.ApiTypeError("wrong", ["messages", 0])) == "wrong at ['messages'][0]"
    for kind, builtin in (
        (s.ApiTypeError, TypeError),
        (s.ApiValueError, ValueError),
        (s.ApiKeyError, KeyError),
        (s.ApiAttributeError, AttributeError),
    ):
        assert issubclass(kind, builtin)
        assert issubclass(kind, s.OpenApiException)

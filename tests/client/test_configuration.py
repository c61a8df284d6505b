"""From what a client is given, and the environment, to its settings."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from parhelion import Basic, Client, KeyJWT, Patience, Response, Timeout, Token
from parhelion.client.configuration import address, standing, timeouts
from tests.client.support import HELLO, Canned

EMPTY = Response(200, {}, b'{"messages":[]}')
KEY: dict[str, Any] = {"key_id": "app_1", "secret": "x"}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("URL", "APP_ID", "KEY_ID", "SECRET"):
        monkeypatch.delenv(f"PARHELION_{name}", raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("url", "origin", "prefix"),
    [
        ("https://example.org", "https://example.org", ""),
        ("https://example.org/", "https://example.org", ""),
        ("HTTPS://Example.org:443/sc", "https://example.org", "/sc"),
        ("https://x.zendesk.com/sc/v2/", "https://x.zendesk.com", "/sc"),
        ("http://127.0.0.1:8080/v2", "http://127.0.0.1:8080", ""),
        ("http://[::1]:8080", "http://[::1]:8080", ""),
        ("http://example.org:80", "http://example.org", ""),
        ("https://bücher.example/a%20b", "https://xn--bcher-kva.example", "/a%20b"),
    ],
)
def test_an_address_is_an_origin_and_a_path(url: str, origin: str, prefix: str) -> None:
    assert address(url) == (origin, prefix)


@pytest.mark.parametrize(
    "url",
    [
        "example.org",
        "localhost:8080",
        "ftp://example.org",
        "https://",
        "https://:80",
        "https://example.org:port",
        "https://example.org:99999",
        "https://[::1",
        "https://key:secret@example.org",
        "https://example.org?x=1",
        "https://example.org#x",
        "https://example.org/a b",
        "https://example.org/\r\nx: y",
        "https://example.org/é",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="url") as refusal:
        Client(url, **KEY)
    assert "secret" not in str(refusal.value).replace("key_id and secret", "")


def test_a_client_needs_an_address_and_says_how_to_give_it() -> None:
    with pytest.raises(ValueError, match=r"url.*PARHELION_URL"):
        Client(**KEY)


def test_a_client_needs_to_know_who_asks() -> None:
    for partly in ({}, {"key_id": "app_1"}, {"secret": "x"}):
        with pytest.raises(ValueError, match=r"key_id and secret.*PARHELION_KEY_ID"):
            Client("https://example.org", **partly)


@pytest.mark.parametrize("more", [{"token": "t"}, {"credentials": Token("t")}])
def test_who_asks_is_said_once(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="either"):
        Client("https://example.org", **KEY, **more)


def test_everything_may_come_from_the_environment(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PARHELION_URL", "http://127.0.0.1:8080/sc")
    environment.setenv("PARHELION_APP_ID", "app1")
    environment.setenv("PARHELION_KEY_ID", "app_1")
    environment.setenv("PARHELION_SECRET", "x")
    transport = Canned([EMPTY])
    client = Client(transport=transport)
    client.messages.list("c")
    [request] = transport.seen
    assert request.url == "http://127.0.0.1:8080/sc/v2/apps/app1/conversations/c/messages"
    assert request.headers["authorization"] == Basic("app_1", "x").authorization(0)


def test_an_argument_wins_over_its_variable(environment: pytest.MonkeyPatch) -> None:
    for name in ("URL", "APP_ID", "KEY_ID", "SECRET"):
        environment.setenv(f"PARHELION_{name}", "environment")
    transport = Canned([EMPTY])
    client = Client("https://example.org", app_id="app2", token="t", transport=transport)
    client.messages.list("c")
    assert transport.seen[0].url.startswith("https://example.org/v2/apps/app2/")
    assert transport.seen[0].headers["authorization"] == "Bearer t"


def test_an_empty_variable_is_none(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PARHELION_URL", "")
    environment.setenv("PARHELION_APP_ID", "")
    with pytest.raises(ValueError, match="url"):
        Client(**KEY)
    assert Client("https://example.org", **KEY).app_id is None


def test_without_an_app_nothing_is_sent() -> None:
    transport = Canned([])
    with pytest.raises(ValueError, match="for_app"):
        Client("https://example.org", **KEY, transport=transport).messages.list("c")
    assert transport.seen == []


def test_every_request_says_who_sends_it() -> None:
    transport = Canned([EMPTY])
    client = Client(
        "https://example.org", app_id="a", **KEY, transport=transport, headers={"X-Trace": "1"}, user_agent="bot/2"
    )
    client.messages.list("c")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    sent = transport.seen[0].headers
    assert sent["user-agent"] == f"bot/2 parhelion/0.1.0 python/{version}"
    assert (sent["accept"], sent["x-trace"]) == ("application/json", "1")


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": "x"}, {"content-length": "1"}, {"a b": "x"}, {"": "x"}, {"x": "a\r\nb: c"}, {"x": "é"}],
)
def test_headers_that_cannot_be_ours_to_send_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="header"):
        standing(headers, None)
    with pytest.raises(ValueError, match="header"):
        standing({}, "bot\r\nx: y")


def test_a_timeout_is_a_number_or_two_or_none() -> None:
    assert timeouts(3) == Timeout(connect=3, read=3)
    assert timeouts(None) == Timeout(connect=None, read=None)
    assert timeouts(Timeout(read=1)) == Timeout(connect=10, read=1)
    for bad in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="seconds"):
            timeouts(bad)


def test_siblings_share_what_was_learned_and_the_transport() -> None:
    honoured = Response(201, {"idempotency-key-ttl": "86400"}, b'{"messages":[]}')
    failed = Response(503, {}, b"")
    transport = Canned([honoured, failed, honoured])
    client = Client("https://example.org", **KEY, transport=transport, sleep=lambda seconds: None)
    client.for_app("one").messages.post("c", HELLO)
    client.for_app("two").messages.post("c", HELLO)
    assert [each.path.split("/")[3] for each in transport.seen] == ["one", "two", "two"]


def test_options_may_differ_for_a_call() -> None:
    waited: list[float] = []
    transport = Canned([Response(503, {}, b"")] * 4 + [EMPTY])
    client = Client(
        "https://example.org", app_id="a", **KEY, transport=transport, retries=0, sleep=waited.append, timeout=1
    )
    patient = client.with_options(retries=Patience(attempts=5, first=2, dice=lambda: 1), timeout=None)
    patient.messages.list("c")
    assert waited == [2, 4, 8, 16]
    transport.answers = [EMPTY] * 2
    client.messages.list("c")
    client.with_options(retries=1).messages.list("c")
    assert transport.timeouts == [timeouts(None)] * 5 + [timeouts(1)] * 2


def test_a_transport_that_was_given_is_left_to_its_giver() -> None:
    transport = Canned([])
    with Client("https://example.org", **KEY, transport=transport):
        pass
    assert not transport.closed


def test_a_client_shows_itself_without_secrets() -> None:
    shown = repr(Client("https://example.org/sc", app_id="a", credentials=KeyJWT("app_1", "hush")))
    assert shown == "Client('https://example.org/sc', app_id='a', credentials=KeyJWT)"


def test_what_is_left_out_of_an_answer_is_logged_by_its_place_only(caplog: pytest.LogCaptureFixture) -> None:
    body = b'{"messages":[{"id":"private","received":"private","author":{"type":"user"},"content":{"type":"text"}}]}'
    client = Client("https://example.org", app_id="a", **KEY, transport=Canned([Response(200, {}, body)]))
    assert client.messages.list("c").messages == []
    [record] = caplog.records
    assert (record.name, record.levelname) == ("parhelion", "WARNING")
    assert "messages[0]" in record.getMessage()
    assert "private" not in record.getMessage()


def test_what_is_left_out_may_be_heard() -> None:
    heard: list[Any] = []
    client = Client(
        "https://example.org",
        app_id="a",
        **KEY,
        tell=heard.append,
        transport=Canned([Response(200, {}, b'{"messages":[3]}')]),
    )
    assert client.messages.list("c").messages == []
    assert [each.place for each in heard] == ["messages[0]"]


@pytest.mark.parametrize("name", ["url", "app_id", "secret", "key_id"])
def test_what_is_said_and_empty_is_never_taken_from_the_environment(environment: pytest.MonkeyPatch, name: str) -> None:
    for setting in ("APP_ID", "KEY_ID", "SECRET"):
        environment.setenv(f"PARHELION_{setting}", "environment")
    environment.setenv("PARHELION_URL", "http://127.0.0.1:1")
    Client()
    with pytest.raises(ValueError, match="is empty"):
        Client(**{name: ""})


def test_a_key_id_and_a_secret_come_from_one_place(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PARHELION_KEY_ID", "app_1")
    environment.setenv("PARHELION_SECRET", "x")
    for half in ({"key_id": "app_2"}, {"secret": "y"}):
        with pytest.raises(ValueError, match="Who asks"):
            Client("http://127.0.0.1:1", **half)


@pytest.mark.parametrize(
    ("wrong", "error"), [({"timeout": "5"}, TypeError), ({"retries": "3"}, TypeError), ({"retries": -1}, ValueError)]
)
def test_a_setting_of_the_wrong_kind_names_itself(wrong: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error, match=next(iter(wrong))):
        Client("http://127.0.0.1:1", token="t", **wrong)  # type: ignore[arg-type]

"""Files on their way through the console: what comes in whole is there, and of what does not nothing is left."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from urllib.parse import quote, urlsplit

import pytest

from tests.live import Answer, Caller, Live
from tests.server.console.visiting import Seen, Visitor, of_app

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
LIMIT = 50 * 1024 * 1024


@pytest.fixture
def visitor(app: Caller) -> Visitor:
    made = Visitor(app.url)
    assert made.sign_in(app).status == 303
    return made


def files_of(who: Caller, conversation: str) -> str:
    return of_app(who, f"/conversations/{conversation}/files")


def upload(visitor: Visitor, there: str, body: bytes, name: str = "a.png", token: str | None = None) -> Answer:
    said = {"x_token": visitor.token if token is None else token, "x_file_name": name}
    return visitor.go("POST", there, body, content_type="application/octet-stream", x_requested_with="console", **said)


def field(answer: Answer) -> str:
    """What the form says of a file that is there."""
    return next(str(said["value"]) for tag, said in Seen(answer.body).elements if said.get("name") == "file")


def test_a_file_is_there_and_is_sent(app: Caller, visitor: Visitor) -> None:
    conversation = app.conversation()
    came = upload(visitor, files_of(app, conversation), PNG)
    assert came.status == 201
    kind, _, address = field(came).partition(" ")
    assert kind == "image/png"
    assert visitor.tell(of_app(app, f"/conversations/{conversation}/messages"), file=field(came)).status == 303
    [message] = app.get(app.messages(conversation)).json["messages"]
    assert (message["content"]["type"], message["content"]["mediaUrl"]) == ("image", address)


@pytest.mark.parametrize(
    "name",
    [
        '"><script>alert(1)</script>.png',
        "a.png\r\nx-evil: 1",
        'a"; filename="b.png',
        "../../etc/passwd.png",
        "\u202egnp.exe.png",
        "a\0b.png",
        "x" * 2000 + ".png",
        "\ufffd.png",
        "",
        ".",
    ],
)
def test_a_name_is_a_name(app: Caller, visitor: Visitor, name: str) -> None:
    answer = upload(visitor, files_of(app, app.conversation()), PNG, quote(name))
    assert answer.status in (201, 400, 415), answer
    shown = Seen(answer.body)
    assert not {"script"} & {tag for tag, _ in shown.elements}
    assert "\u202e" not in shown.text
    assert "x-evil" not in answer.headers


@pytest.mark.parametrize("name", ["%", "%zz", "%ff%fe", "%ed%a0%80.png", "a.png;b"])
def test_a_name_that_is_badly_said_breaks_nothing(app: Caller, visitor: Visitor, name: str) -> None:
    assert upload(visitor, files_of(app, app.conversation()), PNG, name).status in (201, 400, 415)


def test_what_is_refused_is_told_and_leaves_nothing(serve: Callable[..., Live]) -> None:
    server = serve()
    who, other = server.app(), server.app("other")
    visitor = Visitor(server.url)
    visitor.sign_in(who)
    there = files_of(who, who.conversation())
    cases = [
        (there, b"", None, 415),
        (there, b"MZ" + b"\0" * 100, None, 415),
        (there, PNG + bytes(LIMIT), None, 413),
        (there, PNG, "0" * 64, 403),
        (files_of(who, "0" * 24), PNG, None, 404),
        (files_of(who, other.conversation()), PNG, None, 404),
        (files_of(other, other.conversation()), PNG, None, 401),
    ]
    for path, body, token, status in cases:
        answer = upload(visitor, path, body, token=token)
        assert answer.status == status, (path, len(body), answer)
        assert b'role="alert"' in answer.body
    assert left(server) == []


@pytest.mark.parametrize("chunked", [True, False])
def test_of_a_file_that_stops_halfway_nothing_is_left(serve: Callable[..., Live], chunked: bool) -> None:
    server = serve()
    who = server.app()
    visitor = Visitor(server.url)
    visitor.sign_in(who)
    url, there, token = urlsplit(server.url), files_of(who, who.conversation()), visitor.token
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    head = [f"POST {there} HTTP/1.1", "host: here", f"cookie: {cookie}", f"x-token: {token}", "x-file-name: a.txt"]
    head.append("transfer-encoding: chunked" if chunked else "content-length: 9000000")
    for _ in range(4):
        line = socket.create_connection((url.hostname or "", url.port or 0), timeout=10)
        line.sendall("\r\n".join([*head, "", ""]).encode())
        line.sendall((b"%x\r\n" % 3_000_000 if chunked else b"") + b"x" * 2_000_000)
        end = time.monotonic() + 20
        while not left(server):
            assert time.monotonic() < end, "it does not come in"
        line.close()
        while left(server):
            assert time.monotonic() < end, "it does not go"
    assert visitor.see(of_app(who)).status == 200


def left(server: Live) -> list[str]:
    media = server.data / "media"
    return [str(each) for each in media.rglob("*") if each.is_file()] if media.exists() else []


def test_a_file_comes_in_pieces_without_a_length(app: Caller, visitor: Visitor) -> None:
    url, there = urlsplit(app.url), files_of(app, app.conversation())
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    head = [f"POST {there} HTTP/1.1", "host: here", f"cookie: {cookie}", f"x-token: {visitor.token}"]
    head += ["x-file-name: a.txt", "transfer-encoding: chunked", "connection: close", "", ""]
    with socket.create_connection((url.hostname or "", url.port or 0), timeout=10) as line:
        line.sendall("\r\n".join(head).encode() + b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
        said = b""
        while piece := line.recv(65536):
            said += piece
    assert b" 201 " in said.partition(b"\r\n")[0]


def test_a_file_that_was_not_sent_after_all_goes_and_no_other_apps(app: Caller, account: Caller) -> None:
    visitor = Visitor(app.url)
    visitor.sign_in(app)
    there = files_of(app, app.conversation())
    came = field(upload(visitor, there, PNG))
    made = account.post("/v2/apps", {"displayName": "other"}).json["app"]["id"]
    key = account.post(f"/v2/apps/{made}/keys", {"displayName": "k"}).json["key"]
    other = Caller(app.url, key["id"], key["secret"], made)
    theirs = other.upload(PNG, "b.png").json["attachment"]["mediaUrl"]
    path = urlsplit(came.partition(" ")[2]).path
    assert visitor.tell(f"{there}/drop", file=f"image/png {theirs}").status in (403, 404)
    assert app.get(urlsplit(theirs).path).status == 200
    assert visitor.tell(f"{there}/drop", file=came).status == 200
    assert app.get(path).status == 404
    assert visitor.tell(f"{there}/drop", file="nonsense").status == 400

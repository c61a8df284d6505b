"""The console while the server has troubles: too much to do, a store that is away, limits, other workers."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tests.live import Caller, Live, UnderTest
from tests.server.console.visiting import Seen, Visitor, of_app


def test_beyond_the_limit_a_page_says_when_to_ask_again(serve: Callable[..., Live]) -> None:
    server = serve("--rate-limit-app", "1/s")
    who = server.app()
    visitor = Visitor(server.url)
    visitor.sign_in(who)
    for _ in range(20):
        answer = visitor.see(of_app(who, "/conversations"))
        if answer.status == 429:
            break
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert "too_many_requests" in Seen(answer.body).text


def test_two_workers_share_a_session_and_a_form(serve: Callable[..., Live]) -> None:
    server = serve("--workers", "2")
    who = server.app()
    visitor = Visitor(server.url)
    visitor.sign_in(who)
    conversation = who.conversation()
    for number in range(12):  # each is a connection of its own, so either answers
        assert visitor.see(of_app(who, f"/conversations/{conversation}")).status == 200
        answer = visitor.tell(of_app(who, f"/conversations/{conversation}/messages"), words=str(number))
        assert answer.status == 303


def test_the_server_under_test_has_one_and_a_reset_ends_its_sessions(under_test: UnderTest) -> None:
    steer = Caller(under_test.url)
    who = under_test.app()
    visitor = Visitor(who.url)
    visitor.sign_in(who)
    assert visitor.see(of_app(who)).status == 200
    assert steer.post("/parhelion/v1/testing/reset", None, authorization="").status < 300
    assert visitor.see(of_app(who)).status == 303
    again = under_test.app()
    assert visitor.sign_in(again).status == 303
    assert visitor.see(of_app(again)).status == 200


def test_many_look_at_once(app: Caller) -> None:
    visitor = Visitor(app.url)
    visitor.sign_in(app)
    conversation = app.conversation()
    for number in range(30):
        app.say(conversation, str(number))
    found = list[int]()

    def look() -> None:
        mine = Visitor(app.url, dict(visitor.cookies))
        for path in ("", "/conversations", f"/conversations/{conversation}", "/webhooks", "/keys") * 3:
            found.append(mine.see(of_app(app, path)).status)

    threads = [threading.Thread(target=look) for _ in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert found == [200] * (12 * 15)

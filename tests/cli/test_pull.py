"""`parhelion pull`: from an account that behaves, and from one that does not."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parhelion.cli.pull import Plan, carry_out
from parhelion.cli.pulling import users
from parhelion.cli.pulling.line import Bounds, Line
from parhelion.cli.pulling.pace import Pace
from parhelion.cli.pulling.report import Stopped
from parhelion.client import Basic, Timeout
from parhelion.server.rules.targets import place_of
from parhelion.wire import NoAnswer
from tests.cli.hosted import (
    APP,
    KEY,
    SECRET,
    Hosted,
    cut_short,
    held_until,
    hosting,
    new_id,
    saying,
    saying_json,
)
from tests.live import COMMAND, Caller

BROKEN = saying(500, b'{"errors":[{"code":"internal","title":"Oh"}]}')


@pytest.fixture
def hosted() -> Iterator[Hosted]:
    with hosting() as account:
        yield account


class Pulled:
    """A pull in this process, over real sockets, whose pauses are noted and not waited for."""

    def __init__(self, hosted: Hosted, folder: Path) -> None:
        self.hosted, self.path = hosted, folder / "out.jsonl"
        self.pauses: list[float] = []

    def run(self, people: list[str] | None = None, **how: Any) -> int:
        named = list(self.hosted.users) if people is None else people
        plan = Plan(self.hosted.url, APP, Basic(KEY, SECRET), named, self.path, retries=2)
        plan = plan._replace(timeout=Timeout(connect=5, read=5))
        return carry_out(plan._replace(**how), sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    @property
    def lines(self) -> list[dict[str, Any]]:
        text = self.path.read_text(encoding="utf-8")
        assert text.endswith("\n")
        return [json.loads(line) for line in text.splitlines()]

    def of(self, kind: str) -> list[Any]:
        return [line["data"] for line in self.lines if line["kind"] == kind]

    @property
    def report(self) -> list[dict[str, Any]]:
        path = self.path.with_name("out.jsonl.report.jsonl")
        return [json.loads(line) for line in path.read_text().splitlines()]

    @property
    def fetched(self) -> dict[str, bytes]:
        folder = self.path.with_name("out.jsonl.media")
        return {each.name: each.read_bytes() for each in folder.iterdir()}

    def is_complete(self) -> bool:
        """Whether all of the account is in the file, in order, and every line as it was answered."""
        hosted, lines = self.hosted, self.lines
        assert [lines[0]["kind"], lines[-1]["kind"]] == ["export", "end"]
        assert lines[-1]["counts"] == dict(Counter(line["kind"] for line in lines[1:-1]))
        assert {each["id"]: each for each in self.of("user")} == hosted.users
        assert {each["id"]: each for each in self.of("conversation")} == {
            id: each.data for id, each in hosted.talks.items()
        }
        for kind in ("user", "conversation", "participant", "message"):
            ids = [each["id"] for each in self.of(kind)]
            assert len(set(ids)) == len(ids), f"a {kind} twice"
        for id, talk in hosted.talks.items():
            inside = [line for line in lines if line.get("conversationId") == id]
            assert [line["data"] for line in inside if line["kind"] == "participant"] == talk.participants
            assert [line["data"] for line in inside if line["kind"] == "message"] == talk.messages
        met: set[str] = set()
        for line in lines[1:-1]:
            above = [line.get("conversationId"), line.get("userId"), line["data"].get("userId")]
            assert {each for each in above if each} <= met, line
            met.add(line["data"]["id"])
        return True


@pytest.fixture
def pulled(hosted: Hosted, tmp_path: Path) -> Pulled:
    return Pulled(hosted, tmp_path)


def small(hosted: Hosted) -> list[str]:
    """Three people; a conversation of each, and one of all."""
    people = [hosted.user(f"person/{number}") for number in range(3)]
    for each in people:
        hosted.clients[each] = [{"id": f"{each[:23]}f", "type": "sdk", "status": "active"}]
        hosted.talk(each, says=7)
    hosted.talk(*people, says=4)
    return people


def test_all_of_an_account_is_copied_once_and_as_it_was_answered(pulled: Pulled, hosted: Hosted) -> None:
    people = small(hosted)
    assert pulled.run([people[0], "person/1", "person/2", people[2]]) == 0
    assert pulled.is_complete()
    assert len(pulled.of("client")) == 3
    assert pulled.report == []
    assert len(hosted.paths("/messages$")) == 4
    assert pulled.lines[0]["source"] == hosted.url
    assert not [each for each in pulled.path.parent.iterdir() if ".part" in each.name]


def test_who_takes_part_and_was_not_named_comes_along_without_other_conversations(
    pulled: Pulled, hosted: Hosted
) -> None:
    ada, grace, gone = hosted.user("ada"), hosted.user("grace"), hosted.user("gone")
    together = hosted.talk(ada, grace)
    hosted.say(together, {"type": "text", "text": "x"}, author={"type": "user", "userId": gone})
    hosted.talk(grace, says=3)
    assert pulled.run(["ada"]) == 0
    assert {each["id"] for each in pulled.of("user")} == {ada, grace, gone}
    assert [each["id"] for each in pulled.of("conversation")] == [together]


def test_what_is_new_is_kept_to_the_letter_and_reported(pulled: Pulled, hosted: Hosted) -> None:
    ada = hosted.user("ada", mood={"of": ["the", "day"]})
    talk = hosted.talk(ada)
    hosted.say(talk, {"type": "hologram", "layers": [1.0, 2e400 and 3, "\u2028"]}, novel={"a": None})
    hosted.say(talk, {"type": "text", "text": "x", "actions": [{"type": "teleport", "to": "mars"}]})
    hosted.say(talk, {"type": "text", "text": "y" * 5000})
    hosted.talks[talk].messages.append({"id": "not-hex", "content": None})
    assert pulled.run() == 0
    assert pulled.is_complete()
    assert {(each["kind"], each["why"], each["kept"]) for each in pulled.report} == {("message", "unknown", True)}
    told = {each["id"]: each for each in pulled.report}
    first = told[hosted.talks[talk].messages[0]["id"]]
    assert (first["conversationId"], "hologram" in first["reason"] or "type" in first["reason"]) == (talk, True)
    assert "not-hex" in told


def test_json_that_is_broken_in_known_ways_is_mended(pulled: Pulled, hosted: Hosted) -> None:
    talk = hosted.talk(hosted.user())
    message = {"id": "6955b2c0ffffffffffffffff", "received": "2026-01-01T12:00:00Z", "author": {"type": "business"}}
    page = json.dumps({"messages": [message | {"content": {"type": "text", "text": "HERE"}}]}, indent=2)
    hosted.misbehave(f"{talk}/messages", saying(200, page.replace("HERE", "half \\ud83d").encode()))
    assert pulled.run() == 0
    assert pulled.of("message")[0]["content"]["text"].startswith("half ")


def test_an_object_over_several_lines_becomes_one(pulled: Pulled, hosted: Hosted) -> None:
    ada = hosted.user("ada")
    body = json.dumps({"user": hosted.users[ada]}, indent=4).replace("\n", "\r\n")
    hosted.misbehave(r"/users/ada$", saying(200, body.encode()))
    assert pulled.run(["ada"]) == 0
    assert pulled.is_complete()


def test_a_message_that_comes_twice_is_written_once(pulled: Pulled, hosted: Hosted) -> None:
    talk = hosted.talk(hosted.user(), says=6)
    first = hosted.talks[talk].messages[3:]
    again = hosted.talks[talk].messages[:4]  # while they are read, the pages move
    hosted.misbehave(
        f"{talk}/messages$", saying_json({"messages": first, "meta": {"hasMore": True, "beforeCursor": "x" * 24}})
    )
    hosted.misbehave("before", saying_json({"messages": again, "meta": {"hasMore": False}}))
    assert pulled.run() == 0
    assert pulled.is_complete()


# What fails, for a while and for good


@pytest.mark.parametrize(
    "how",
    [
        saying(500, b"<html>"),
        saying(502),
        saying(429),
        saying(200, b'{"messages": [{"id"'),
        saying(200, b"<html>Maintenance</html>", "Content-Type", "text/html"),
        saying_json([]),
        saying_json({"messages": "none"}),
        cut_short,
    ],
    ids=["500", "502", "429", "half", "html", "list", "words", "cut"],
)
def test_what_fails_for_a_while_is_copied_all_the_same(pulled: Pulled, hosted: Hosted, how: Any) -> None:
    small(hosted)
    hosted.misbehave(r"/messages", how, times=4)
    assert pulled.run() == 0
    assert pulled.is_complete()


def test_a_line_that_is_silent_is_given_up_and_another_one_taken(pulled: Pulled, hosted: Hosted) -> None:
    small(hosted)
    gate = threading.Event()
    hosted.misbehave(r"/messages", held_until(gate), times=2)
    try:
        assert pulled.run(timeout=Timeout(connect=5, read=0.3)) == 0
    finally:
        gate.set()
    assert pulled.is_complete()


def test_an_answer_that_never_ends_is_given_up(pulled: Pulled, hosted: Hosted) -> None:
    talk = show(hosted, f"{hosted.url}/a.txt")
    gate = threading.Event()

    def drop_by_drop(handler: Any) -> None:
        handler.say(200, b" ", length=100_000)
        while not gate.wait(0.05):
            handler.wfile.write(b" ")

    hosted.misbehave(f"{talk}/messages", drop_by_drop, times=1)
    hosted.misbehave("a.txt", drop_by_drop)
    try:
        assert pulled.run(retries=0, bounds=Bounds(answer=0.3, download=0.3)) == 1
    finally:
        gate.set()
    assert pulled.is_complete()
    assert [(each["kind"], each["why"]) for each in pulled.report] == [("attachment", "failed")]


def test_nobody_asks_before_the_time_that_429_names(pulled: Pulled, hosted: Hosted) -> None:
    small(hosted)
    hosted.misbehave(r"/participants", saying(429, b"", "Retry-After", "17"), times=1)
    assert pulled.run() == 0
    assert pulled.is_complete()
    assert max(pulled.pauses) >= 16.9
    assert sum(each > 16 for each in pulled.pauses) > 1, "only who was refused has waited"


def test_the_pace_is_halved_by_a_refusal_and_recovers() -> None:
    now, slept = [1000.0], list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    async def story() -> None:
        pace = Pace(None, lambda: now[0], sleep)
        await pace.turn()
        assert not slept
        pace.heard(429, None)
        pace.heard(429, None)  # another that was under way
        first = pace.rate
        await pace.turn()
        assert slept == [1.0]
        pace.heard(429, 30.0)
        assert first is not None
        assert pace.rate == first / 2
        began = now[0]
        await pace.turn()
        assert now[0] - began == 30.0
        await pace.turn()
        assert pace.rate is not None
        assert slept[-1] == pytest.approx(1 / pace.rate)
        for _ in range(300):
            pace.heard(200, None)
        assert pace.rate is None
        pace.heard(429, 1e9)
        began = now[0]
        await pace.turn()
        assert now[0] - began == 600, "nobody waits for a year"
        limited = Pace(4, lambda: now[0], sleep)
        began = now[0]
        for _ in range(9):
            await limited.turn()
            limited.heard(200, None)
        assert now[0] - began == pytest.approx(2.0)

    asyncio.run(story())


def test_what_fails_again_and_again_is_told_and_can_be_had_later(pulled: Pulled, hosted: Hosted) -> None:
    people = small(hosted)
    bad, good, *_ = hosted.talks
    hosted.misbehave(f"{bad}/messages", BROKEN)
    assert pulled.run([*people, "nobody", "..", ""]) == 1
    assert len(hosted.paths(f"{bad}/messages")) == 9, "three rounds, three times each"
    assert [each for each in pulled.pauses if each >= 10][-2:] == [10.0, 60.0]
    told = {each.get("id"): (each["kind"], each["why"]) for each in pulled.report}
    assert told == {
        bad: ("conversation", "failed"),
        "nobody": ("user", "gone"),
        "..": ("user", "no id"),
        "": ("user", "no id"),
    }
    assert bad not in {each["id"] for each in pulled.of("conversation")}
    assert good in {each["id"] for each in pulled.of("conversation")}
    assert pulled.lines[-1]["kind"] == "end"
    hosted.odd.clear()
    hosted.asked.clear()
    assert pulled.run(people) == 0
    assert pulled.is_complete()
    assert pulled.report == []
    assert hosted.paths("/messages")
    assert all(bad in each for each in hosted.paths("/messages"))


def test_what_is_forbidden_is_told_and_not_asked_again(pulled: Pulled, hosted: Hosted) -> None:
    people = small(hosted)
    no = saying(403, b'{"errors":[{"code":"forbidden","title":"Not yours"}]}')
    hosted.misbehave(f"{people[0]}/clients", no)
    hosted.misbehave(f"{list(hosted.talks)[1]}/participants", no)
    assert pulled.run() == 1
    assert {(each["kind"], each["why"]) for each in pulled.report} == {
        ("client", "forbidden"),
        ("conversation", "forbidden"),
    }
    assert all("Not yours" in each["reason"] for each in pulled.report)
    assert len(hosted.paths("clients")) == 3


def test_a_key_of_an_integration_copies_all_but_the_app(pulled: Pulled, hosted: Hosted) -> None:
    small(hosted)
    hosted.misbehave(f"{APP}$", saying(403, b'{"errors":[{"code":"forbidden","title":"No"}]}'))
    assert pulled.run() == 0
    assert pulled.is_complete()
    assert pulled.of("app") == []


@pytest.mark.parametrize("meta", [{"hasMore": True, "beforeCursor": "x" * 24}, {"hasMore": True}])
def test_pages_that_lead_in_a_circle_end(pulled: Pulled, hosted: Hosted, meta: Any) -> None:
    talk = hosted.talk(hosted.user(), says=2)
    hosted.misbehave("messages", saying_json({"messages": hosted.talks[talk].messages, "meta": meta}))
    assert pulled.run() == 1
    [told] = pulled.report
    assert (told["id"], told["why"]) == (talk, "unreadable")
    assert len(hosted.paths("messages")) <= 6


def test_pages_without_end_do_end(pulled: Pulled, hosted: Hosted) -> None:
    talk = hosted.talk(hosted.user())
    numbers = iter(range(10**6))

    def more(handler: Any) -> None:
        page = {"messages": [{"id": "x"}], "meta": {"hasMore": True, "beforeCursor": f"{next(numbers):024}"}}
        saying_json(page)(handler)

    hosted.misbehave("messages", more)
    assert pulled.run(bounds=Bounds(pages=50)) == 1
    assert [(each["id"], each["why"]) for each in pulled.report] == [(talk, "unreadable")]
    assert len(hosted.paths("messages")) == 150


def test_a_key_that_is_not_taken_and_an_app_that_is_none_stop_it_at_once(pulled: Pulled, hosted: Hosted) -> None:
    small(hosted)
    hosted.misbehave("/v2/", saying(401, b'{"errors":[{"code":"unauthorized","title":"Who?"}]}'))
    with pytest.raises(Stopped, match="401"):
        pulled.run()
    assert len(hosted.asked) == 1
    hosted.odd.clear()
    hosted.misbehave("/v2/", saying(404, b'{"errors":[{"code":"app_not_found","title":"No app"}]}'))
    with pytest.raises(Stopped, match=APP):
        pulled.run()
    hosted.odd.clear()
    assert pulled.run() == 0
    assert pulled.is_complete()


def test_an_account_that_has_gone_away_is_not_asked_for_everything(pulled: Pulled, hosted: Hosted) -> None:
    people = small(hosted) + [hosted.user(str(number)) for number in range(200)]
    hosted.misbehave("/users/", BROKEN)
    with pytest.raises(Stopped, match="in a row"):
        pulled.run(people)
    assert len(hosted.asked) < 120
    hosted.odd.clear()
    assert pulled.run(people) == 0
    assert pulled.is_complete()


# Files


def show(hosted: Hosted, *addresses: str, **more: Any) -> str:
    talk = hosted.talk(hosted.user())
    for each in addresses:
        hosted.say(talk, {"type": "file", "mediaUrl": each, "altText": "x", **more})
    return talk


def test_files_are_fetched_and_named_by_their_ids_alone(pulled: Pulled, hosted: Hosted) -> None:
    plain = hosted.file("a b.txt", b"one" * 1000)
    older = hosted.file("picture.png", b"two", "image/png", at="/sc/media/2019")
    worst = hosted.file("%2e%2e%2fetc%2fpasswd", b"three", "text/x-odd; charset=x", at="/sc/files")
    talk = show(hosted, plain, plain, older + "?token=1", worst)
    items: list[dict[str, Any]] = [
        {"title": "x", "mediaUrl": older + "?token=1", "actions": []},
        {"title": "y", "actions": []},
    ]
    hosted.say(talk, {"type": "carousel", "items": items})
    assert pulled.run() == 0
    assert sorted(pulled.fetched.values()) == [b"one" * 1000, b"three", b"two"]
    found = {each["name"]: each for each in pulled.of("attachment")}
    assert {name: (each["mediaType"], each["size"]) for name, each in found.items()} == {
        "a b.txt": ("text/plain", 3000),
        "picture.png": ("image/png", 3),
        "passwd": ("text/x-odd", 5),
    }
    assert all(re.fullmatch("[0-9A-HJKMNP-TV-Z]{26}", each["id"]) for each in found.values())
    assert found["a b.txt"]["id"] in plain
    assert pulled.is_complete()
    again = {each["id"]: each for each in pulled.of("attachment")}
    pulled.path.with_name("out.jsonl.journal").unlink()
    pulled.path.unlink()
    assert pulled.run() == 0
    assert {each["id"]: each for each in pulled.of("attachment")} == again
    assert {each.authorization for each in hosted.asked if "/v2/apps" not in each.path} == {None}
    assert len(hosted.paths("attachments/v2")) == 1, "what is there already was not fetched again"


def test_a_private_file_is_asked_for_with_the_key_once_it_must_be(pulled: Pulled, hosted: Hosted) -> None:
    address = hosted.file("a.txt", b"private")

    def private(handler: Any) -> None:
        if handler.headers.get("authorization"):
            handler.usual()
        else:
            handler.say(401, b"")

    hosted.misbehave("attachments", private)
    show(hosted, address)
    assert pulled.run() == 0
    assert list(pulled.fetched.values()) == [b"private"]


def test_addresses_elsewhere_are_not_asked_for_and_stay_as_they_are(
    pulled: Pulled, hosted: Hosted, capsys: pytest.CaptureFixture[str]
) -> None:
    with hosting() as other:
        port = other.url.rpartition(":")[2].partition("/")[0]
        addresses = [
            other.file("a.txt", b"x"),
            f"http://localhost:{port}/x",
            f"http://2130706433:{port}/x",
            "file:///etc/passwd",
            "http://10.0.0.1/x.png",
            "http://169.254.169.254/latest",
            "gopher://x/",
            f"{hosted.url.replace('://', '://user:secret@')}/x",
            "",
            "http://[::1",
        ]
        show(hosted, *addresses)
        assert pulled.run() == 0
        assert other.asked == []
    assert [each["content"]["mediaUrl"] for each in pulled.of("message")] == addresses
    assert pulled.fetched == {}
    assert "10 files are shown from other hosts" in (said := capsys.readouterr().out)
    assert "--media-host" in said
    assert hosted.paths("/x") == []


def test_another_host_that_was_allowed_is_asked_without_the_key(pulled: Pulled, hosted: Hosted) -> None:
    with hosting() as other:
        show(hosted, other.file("a.txt", b"from there", at="/media"))
        assert pulled.run(hosts=frozenset({place_of(other.url).authority})) == 0
        assert [each.authorization for each in other.asked] == [None]
        assert list(pulled.fetched.values()) == [b"from there"]


@pytest.mark.parametrize("status", [301, 302, 307])
def test_the_key_goes_nowhere_else_whatever_redirects(pulled: Pulled, hosted: Hosted, status: int) -> None:
    with hosting() as other:
        there = other.file("a.txt", b"x")
        hosted.talk(hosted.user())
        hosted.misbehave("/participants", saying(status, b"", "Location", there))
        assert pulled.run() == 1
        assert other.asked == []
        [refused] = pulled.report
        assert (refused["kind"], refused["why"]) == ("conversation", "unreadable")
        assert "Redirected" in refused["reason"]


def test_redirects_of_files_are_judged_one_by_one(pulled: Pulled, hosted: Hosted) -> None:
    with hosting() as other, hosting() as third:
        last = third.file("a.txt", b"x")
        other.misbehave("/hop", saying(302, b"", "Location", last))
        key = place_of(other.url).authority
        hosted.misbehave("/sc/ok", saying(302, b"", "Location", other.file("b.txt", b"there", at="/media")))
        hosted.misbehave("/sc/bad", saying(302, b"", "Location", other.url.replace("/sc", "/hop")))
        hosted.misbehave("/sc/circle", saying(302, b"", "Location", "/sc/circle/a.txt"))
        hosted.misbehave("/sc/wild", saying(302, b"", "Location", "file:///etc/passwd"))
        show(hosted, *(f"{hosted.url}/{each}/a.txt" for each in ("ok", "bad", "circle", "wild")))
        assert pulled.run(hosts=frozenset({key})) == 1
        assert {each.authorization for each in other.asked} == {None}
        assert third.asked == []
        assert [(each["kind"], each["why"]) for each in pulled.report] == [("attachment", "elsewhere")] * 3
        assert list(pulled.fetched.values()) == [b"there"]


def test_inside_addresses_are_not_called_for_an_account_outside() -> None:
    with hosting() as inside:
        port = inside.url.rpartition(":")[2].partition("/")[0]

        async def story() -> None:
            pace = Pace(None, time.time, asyncio.sleep)
            for home in ("https://192.0.2.1", "https://nowhere.invalid"):
                line = Line(home, pace, time.time, Bounds())
                for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
                    with pytest.raises(NoAnswer):
                        async with line.fetch(place_of(f"http://{host}:{port}/x"), None, Timeout(read=5)):
                            pass
                await line.close()

        asyncio.run(story())
        assert inside.asked == []


def test_files_that_cannot_be_had_are_told_and_the_conversation_comes_without_them(
    pulled: Pulled, hosted: Hosted
) -> None:
    fine = hosted.file("fine.txt", b"fine")
    huge, endless = hosted.file("huge.txt", b"x" * 200_001), f"{hosted.url}/endless.txt"
    gone, short, broken = (f"{hosted.url}/{each}.txt" for each in ("gone", "short", "broken"))
    packed, secret = f"{hosted.url}/packed.txt", f"{hosted.url}/secret.txt"
    hosted.misbehave("gone", saying(404))
    hosted.misbehave("secret", saying(403))
    hosted.misbehave("short", cut_short)
    hosted.misbehave("broken", BROKEN)
    hosted.misbehave("packed", saying(200, b"\x1f\x8b", "Content-Encoding", "gzip"))

    def drone(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b"400\r\n%b\r\n" % (b"x" * 1024))

    hosted.misbehave("endless", drone)
    talk = show(hosted, fine, huge, gone, short, broken, packed, secret, endless, mediaType="text/plain")
    assert pulled.run(bounds=Bounds(file=200_000)) == 1
    assert {each["mediaUrl"]: each["why"] for each in pulled.report} == {
        huge: "too large",
        endless: "too large",
        gone: "gone",
        short: "failed",
        broken: "failed",
        packed: "unreadable",
        secret: "forbidden",
    }
    messages = {each["content"]["mediaUrl"]: each["id"] for each in hosted.talks[talk].messages}
    assert all(each["messageId"] == messages[each["mediaUrl"]] for each in pulled.report)
    assert all(each["conversationId"] == talk for each in pulled.report)
    assert list(pulled.fetched.values()) == [b"fine"]
    assert pulled.is_complete()
    assert len(hosted.paths("attachments")) == 2, "fine and huge, in whatever round"
    hosted.asked.clear()
    assert pulled.run(bounds=Bounds(file=200_000)) == 1, "what its pieces lack is not forgotten"
    assert len(pulled.report) == 7
    assert not hosted.paths("txt")


@pytest.mark.parametrize("what", ["a.txt", "clients", "devices"])
def test_what_fails_for_a_while_is_waited_for_before_its_piece_is_written(
    pulled: Pulled, hosted: Hosted, what: str
) -> None:
    show(hosted, hosted.file("a.txt", b"hello"))
    hosted.clients[next(iter(hosted.users))] = [{"id": new_id(), "type": "sdk", "status": "active"}]
    hosted.misbehave(what, BROKEN, times=4)  # three in the first round
    assert pulled.run() == 0
    assert pulled.is_complete()
    assert [len(pulled.of(kind)) for kind in ("client", "attachment")] == [1, 1]
    assert pulled.report == []


def test_a_file_that_says_less_than_it_has_is_taken_as_it_says(pulled: Pulled, hosted: Hosted) -> None:
    hosted.misbehave("a.txt", saying(200, b"hello and more", length=5))
    show(hosted, f"{hosted.url}/a.txt", f"{hosted.url}/a.txt?again")
    assert pulled.run() == 0
    assert set(pulled.fetched.values()) == {b"hello"}


# Going on


def test_whatever_is_cut_off_the_next_run_makes_it_whole(pulled: Pulled, hosted: Hosted) -> None:
    people = small(hosted)
    show(hosted, hosted.file("a.txt", b"hello"))
    people = list(hosted.users)
    assert pulled.run(people) == 0
    journal = pulled.path.with_name("out.jsonl.journal")
    whole, marks = pulled.path.read_bytes() + b"torn" * 1000, journal.read_bytes()
    for file_end, journal_end in (
        *((len(whole), at) for at in range(0, len(marks), 97)),
        *((at, len(marks)) for at in range(0, len(whole), 1501)),
        (len(whole) // 2 - 7, len(marks) // 2 + 5),
    ):
        pulled.path.write_bytes(whole[:file_end])
        journal.write_bytes(marks[:journal_end])
        assert pulled.run(people) == 0
        assert pulled.is_complete()


def test_killed_at_any_moment_it_goes_on_and_asks_for_nothing_twice(hosted: Hosted, tmp_path: Path) -> None:
    people = [hosted.user() for _ in range(12)]
    talks = [hosted.talk(each, says=7) for each in people]
    (tmp_path / "users.txt").write_text("\n".join(people))
    gate = threading.Event()
    journal = tmp_path / "out.jsonl.journal"
    for stop in (signal.SIGKILL, signal.SIGINT):
        first = 3 if stop is signal.SIGKILL else 7
        for number in range(first, 12):
            hosted.misbehave(f"{talks[number]}/messages", held_until(gate))
        process = started(hosted, tmp_path)
        deadline = time.monotonic() + 30
        while sum(talk in (journal.read_text() if journal.exists() else "") for talk in talks) < first:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(stop)
        _, said = process.communicate(timeout=20)
        if stop is signal.SIGINT:
            assert process.returncode == 130
            assert "Interrupted" in said
            assert "Traceback" not in said
        hosted.odd.clear()
    gate.set()
    written = [talk for talk in talks if f'"{talk}"' in journal.read_text()]
    hosted.asked.clear()
    process = started(hosted, tmp_path)
    out, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert "Going on with" in said
    assert "parhelion import" in out
    assert len(written) >= 7
    assert not [each for each in hosted.paths("messages|participants") if any(talk in each for talk in written)]
    there = Pulled(hosted, tmp_path)
    assert there.is_complete()


def started(hosted: Hosted, folder: Path, *more: str) -> subprocess.Popen[str]:
    command = [*COMMAND, "pull", "--from", hosted.url, "--users", str(folder / "users.txt")]
    command += ["--to", str(folder / "out.jsonl"), "--retries", "1", *more]
    who = {"PARHELION_APP_ID": APP, "PARHELION_KEY_ID": KEY, "PARHELION_SECRET": SECRET}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | who)


def test_a_file_of_something_else_is_left_alone(pulled: Pulled, hosted: Hosted) -> None:
    small(hosted)
    pulled.path.write_text("mine")
    with pytest.raises(ValueError, match="is there already"):
        pulled.run()
    assert pulled.path.read_text() == "mine"
    pulled.path.unlink()
    assert pulled.run() == 0
    with hosting() as other, pytest.raises(ValueError, match="is a copy of app"):
        Pulled(other, pulled.path.parent).run(["x"])
    assert pulled.is_complete()
    journal = pulled.path.with_name("out.jsonl.journal")
    journal.write_text("mine\n")
    with pytest.raises(ValueError, match="no journal"):
        pulled.run()
    assert journal.read_text() == "mine\n"


def test_two_do_not_write_one_file(hosted: Hosted, pulled: Pulled, tmp_path: Path) -> None:
    (tmp_path / "users.txt").write_text(hosted.user())
    gate = threading.Event()
    hosted.misbehave("conversations", held_until(gate))
    process = started(hosted, tmp_path)
    try:
        deadline = time.monotonic() + 20
        while not hosted.paths("conversations"):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        with pytest.raises(ValueError, match="another pull"):
            pulled.run()
    finally:
        process.kill()
        process.communicate()
        gate.set()


def test_people_are_added_later(pulled: Pulled, hosted: Hosted) -> None:
    people = small(hosted)
    assert pulled.run(people[:1]) == 0
    hosted.asked.clear()
    assert pulled.run(people) == 0
    assert pulled.is_complete()
    assert len(hosted.paths("/messages$")) == 2, "that of all has come along with the first"


# The file of people


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada\n\n grace \r\nada\n#1\nx,y\n", ["ada", "grace", "#1", "x,y"]),
        ('\ufeffname,userId\n"Lovelace, Ada",u1\n"x",u2\n', ["u1", "u2"]),
        ("External_ID,id\nada,\n,u2\nboth,u3\n", ["ada", "u2", "u3"]),
        ('{"externalId":"ada"}\n\n{"id":"u1","externalId":"x"}\n{"user_id":"u3"}', ["ada", "u1", "u3"]),
        ("id\nu1\n", ["u1"]),
    ],
)
def test_people_are_named_in_several_ways(tmp_path: Path, text: str, found: list[str]) -> None:
    (path := tmp_path / "users").write_text(text, encoding="utf-8")
    assert users.read(path) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"\n \n", "names nobody"),
        (b"\xff\xfe", "not in UTF-8"),
        (b'{"id":"a"}\n{"id":', "line 2: it is not JSON"),
        (b'{"id":"a"}\n["b"]', "line 2: it has no id"),
        (b'{"id":17}', "line 1: it has no id"),
        (b"id,name\na,x\n,y\n", "line 3: it has no id"),
    ],
)
def test_what_names_nobody_is_refused_with_its_line(tmp_path: Path, text: bytes, why: str) -> None:
    (path := tmp_path / "users").write_bytes(text)
    with pytest.raises(ValueError, match=why):
        users.read(path)


# From one Parhelion to a file, as somebody does it


def test_from_a_live_server_by_its_command(app: Caller, tmp_path: Path) -> None:
    ada, grace = app.user(externalId="ada/../1"), app.user(externalId="grace", profile={"givenName": "Grace"})
    together, alone = app.conversation(ada, grace), app.conversation(ada, displayName="x")
    for number in range(120):
        app.say(together, f"hello {number}")
    media = app.upload(b"some bytes", "a file.txt").json["attachment"]["mediaUrl"]
    body = {"author": {"type": "user", "userId": grace}, "content": {"type": "file", "mediaUrl": media}}
    assert app.post(app.messages(together), body).status == 201
    (tmp_path / "users.csv").write_text("externalId\nada/../1\ngrace\nnobody\n")
    out = tmp_path / "out.jsonl"
    who = {"PARHELION_KEY_ID": app.key_id, "PARHELION_SECRET": app.secret}
    command = [*COMMAND, "pull", "--from", f"{app.url}/sc/v2", "--users", str(tmp_path / "users.csv"), "--to", str(out)]
    command += ["--app-id", app.app_id, "--rate", "500"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=os.environ | who)
    assert done.returncode == 1, done.stderr
    assert "2 users, 2 conversations, 121 messages and 1 attachment of app" in done.stdout
    assert "user: 1 not there (404)" in done.stdout
    assert f"parhelion import {out}" in done.stdout
    assert app.secret not in done.stdout + done.stderr + out.read_text() + (tmp_path / "out.jsonl.journal").read_text()
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    data = {(line["kind"], line["data"]["id"]): line["data"] for line in lines[1:-1]}
    assert data["user", ada] == app.get(f"{app.app}/users/{ada}").json["user"]
    assert data["app", app.app_id]["id"] == app.app_id
    for talk in (together, alone):
        at = f"{app.app}/conversations/{talk}"
        assert data["conversation", talk] == app.get(at).json["conversation"]
        for each in app.get(f"{at}/participants").json["participants"]:
            assert data["participant", each["id"]] == each
        for each in app.get(f"{at}/messages").json["messages"]:
            assert data["message", each["id"]] == each
    [attachment] = [line["data"] for line in lines if line["kind"] == "attachment"]
    assert attachment["id"] in media
    assert (tmp_path / "out.jsonl.media" / attachment["id"]).read_bytes() == b"some bytes"
    [missing] = [json.loads(line) for line in (tmp_path / "out.jsonl.report.jsonl").read_text().splitlines()]
    assert (missing["id"], missing["why"]) == ("nobody", "gone")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (["--from", "ftp://x"], "is not an address"),
        (["--rate", "0"], "rate"),
        (["--max-file", "0"], "number"),
        (["--retries", "x"], "number of times"),
        (["--media-host", "x/y"], "is not a host"),
        (["--media-host", "a b"], "--media-host"),
    ],
)
def test_what_is_said_wrongly_is_refused(tmp_path: Path, wrong: list[str], why: str) -> None:
    command = [*COMMAND, "pull", "--from", "https://x.zendesk.com/sc", "--users", "u", "--to", str(tmp_path / "o")]
    done = subprocess.run([*command, *wrong], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert why in done.stderr


def test_a_server_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "users.txt").write_text("ada")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    process = started(Hosted(url=f"http://127.0.0.1:{port}/sc"), tmp_path, "--retries", "0")
    out, said = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert "No connection" in said
    assert "Traceback" not in said

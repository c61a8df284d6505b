"""Sending to webhooks: what arrives and how, what is tried again and when, in which order, and what is sent anew."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import tempfile
from base64 import b64encode
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from parhelion.server import rows
from parhelion.server.dispatch import afterwards
from parhelion.server.ports import Refused
from parhelion.server.rules.events import KEPT
from parhelion.wire import Envelope
from parhelion.wire.reading import strict
from tests.server.receiving import LANES, Got, Office, Tell, office, receiving, tell_in

FULL = {
    "type": "conversation:message",
    "payload": {
        "conversation": {"id": "a"},
        "message": {
            "id": "m",
            "author": {
                "type": "user",
                "userId": "u",
                "user": {"id": "u", "externalId": "e", "profile": {"locale": "en"}},
            },
            "source": {"type": "web", "client": {"id": "c"}, "device": {"id": "d"}},
        },
    },
}


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    return partial(tell_in, tmp_path)


# -- what arrives --------------------------------------------------------------------------------------------------


def test_an_event_arrives_once_in_its_envelope_and_signed(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        [event] = await office.tell("a")
        await office.once()
        await office.once()
        [got] = receiver.got
        assert got.line == "POST /hook?key=hidden HTTP/1.1"
        assert got.json == {
            "app": {"id": office.server.app_id},
            "webhook": {"id": hook["id"], "version": "v2"},
            "events": [
                {"id": event, "type": FULL["type"], "createdAt": "2026-01-01T00:00:00Z", "payload": {"is": "a"}}
            ],
        }
        seconds = int(office.server.clock())
        signed = hmac.digest(hook["secret"].encode(), f"{event}.{seconds}.".encode() + got.body, hashlib.sha256)
        assert got.headers["x-api-key"] == hook["secret"]
        assert got.headers["webhook-id"] == event
        assert got.headers["webhook-timestamp"] == str(seconds)
        assert got.headers["webhook-signature"] == f"v1,{b64encode(signed).decode()}"
        assert got.headers["content-type"] == "application/json"
        assert await office.server.count("delivery") == await office.server.count("lane_lease") == 0

    tell(story)


def test_what_a_command_does_arrives_as_the_api_says_it(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        await office.hook(receiver.url)
        await office.server.say(await office.server.conversation(), "There are three suns in the sky")
        await office.once()
        [got] = receiver.got
        envelope = strict(got.body, Envelope)
        assert envelope.events[0].payload.message.content.text == "There are three suns in the sky"

    tell(story)


@pytest.mark.parametrize("full_user", [True, False])
@pytest.mark.parametrize("full_source", [True, False])
def test_as_much_is_told_as_the_webhook_asks_for_when_it_is_sent(
    tell: Tell, full_user: bool, full_source: bool
) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url, includeFullUser=not full_user, includeFullSource=not full_source)
        await office.tell("a", body=json.dumps({"id": "x", **FULL}).encode())
        change = {"includeFullUser": full_user, "includeFullSource": full_source}
        await office.server.done("PATCH", office.path(hook), change)
        await office.once()
        message = receiver.got[0].json["events"][0]["payload"]["message"]
        assert ("profile" in message["author"]["user"]) is full_user
        assert message["author"]["user"]["externalId"] == "e"
        assert ("client" in message["source"], "device" in message["source"]) == (full_source, full_source)
        assert message["source"]["type"] == "web"

    tell(story)


def test_only_who_has_the_trigger_hears_and_each_who_has(tell: Tell) -> None:
    async def story(office: Office) -> None:
        one, two, three = [await office.receiver() for _ in range(3)]
        await office.hook(one.url)
        await office.hook(two.url, "user:remove", "conversation:message")
        await office.hook(three.url, "user:remove")
        ids = await office.tell("a", "b")
        await office.once()
        assert sorted(one.events) == sorted(two.events) == ids
        assert three.got == []

    tell(story)


def test_an_event_goes_to_where_the_webhook_points_when_it_is_sent(tell: Tell) -> None:
    async def story(office: Office) -> None:
        old, new = await office.receiver(), await office.receiver()
        hook = await office.hook(old.url)
        await office.tell("a")
        await office.server.done("PATCH", office.path(hook), {"target": new.url})
        await office.once()
        assert (len(old.got), len(new.got)) == (0, 1)

    tell(story)


# -- what is tried again -------------------------------------------------------------------------------------------


def test_five_attempts_are_made_at_their_times_and_then_it_has_failed(
    tell: Tell, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        receiver.answer = "HTTP/1.1 503 No\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 5\r\n\r\nb\xffusy"
        hook = await office.hook(receiver.url)
        [event] = await office.tell("a")
        await office.once()
        for attempts, wait in enumerate((7, 28, 112, 448), start=1):
            [delivery] = await office.waiting(hook, "pending")
            assert (delivery["attempts"], len(receiver.got)) == (attempts, attempts)
            assert delivery["next_at"] == round((office.server.clock() + wait) * 1000)
            office.server.clock.seconds += wait - 0.001
            await office.once()
            assert len(receiver.got) == attempts, "too early"
            office.server.clock.seconds += 0.001
            assert not caplog.records
            await office.once()
        assert len(receiver.got) == 5
        assert {got.headers["webhook-id"] for got in receiver.got} == {event}
        assert len({got.headers["webhook-timestamp"] for got in receiver.got}) == 5
        assert len({got.headers["webhook-signature"] for got in receiver.got}) == 5
        assert await office.waiting(hook, "pending") == []
        [failed] = await office.waiting(hook, "failed")
        assert (failed["attempts"], failed["failed_at"]) == (5, round(office.server.clock() * 1000))
        answer = failed["answer"]
        assert (answer["status"], answer["body"], answer["error"]) == (503, "b\ufffdusy", None)
        assert [value for name, value in answer["headers"] if name == "set-cookie"] == ["a=1", "b=2"]
        office.server.clock.seconds += 10**6
        await office.once()
        assert len(receiver.got) == 5
        [line] = [record.getMessage() for record in caplog.records]
        assert event in line
        assert hook["id"] in line
        assert "503" in line
        assert "hidden" not in line
        assert hook["secret"] not in line

    with caplog.at_level(logging.WARNING):
        tell(story)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406])
def test_a_refusal_is_not_tried_again(tell: Tell, status: int) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        receiver.answer = status
        hook = await office.hook(receiver.url)
        await office.tell("a")
        await office.once()
        [failed] = await office.waiting(hook, "failed")
        assert (failed["attempts"], failed["answer"]["status"]) == (1, status)
        assert await rows.deliveries.lanes(office.database) == [], "nobody looks there any more"
        office.server.clock.seconds += 10**6
        await office.once()
        assert len(receiver.got) == 1

    tell(story)


@pytest.mark.parametrize(
    "answer",
    [
        "HTTP/1.1 201 Made\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 204 Nothing\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbroken off",
    ],
)
def test_any_2xx_is_enough(tell: Tell, answer: str) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        receiver.answer = answer
        await office.hook(receiver.url)
        await office.tell("a")
        await office.once()
        assert len(receiver.got) == 1
        assert await office.server.count("delivery") == 0

    tell(story, timeout=0.5)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("", "no answer within 0.5 s"),
        ("nonsense\r\n\r\n", ""),
        ("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", None),
        ("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", None),
        ("HTTP/1.1 429 Slowly\r\nContent-Length: 0\r\n\r\n", None),
    ],
)
def test_what_is_no_answer_or_no_success_is_tried_again(tell: Tell, answer: str, error: str | None) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        receiver.answer = answer
        hook = await office.hook(receiver.url)
        await office.tell("a")
        await office.once()
        [delivery] = await office.waiting(hook, "pending")
        assert delivery["attempts"] == 1
        said = delivery["answer"]["error"]
        assert said is None if error is None else said.startswith(error)
        receiver.answer = 200
        office.server.clock.seconds += 7
        await office.once()
        assert len(receiver.got) >= 2
        assert await office.waiting(hook) == []

    tell(story, timeout=0.5)


def test_a_receiver_that_is_not_there_is_tried_again(tell: Tell) -> None:
    async def story(office: Office) -> None:
        async with receiving() as receiver:
            hook = await office.hook(receiver.url)
        await office.tell("a")
        await office.once()
        [delivery] = await office.waiting(hook, "pending")
        assert (delivery["attempts"], delivery["answer"]["status"]) == (1, None)
        assert delivery["answer"]["error"]

    tell(story)


def test_a_redirect_is_followed_nowhere(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver, further = await office.receiver(), await office.receiver()
        receiver.answer = f"HTTP/1.1 307 There\r\nLocation: {further.url}\r\nContent-Length: 0\r\n\r\n"
        hook = await office.hook(receiver.url)
        await office.tell("a")
        await office.once()
        [delivery] = await office.waiting(hook, "pending")
        assert (delivery["attempts"], delivery["answer"]["status"]) == (1, 307)
        assert further.got == []

    tell(story)


def test_as_much_of_an_answer_is_kept_as_is_worth_reading(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        many = "".join(f"X-{number}: {'y' * 100}\r\n" for number in range(100))
        receiver.answer = f"HTTP/1.1 500 No\r\n{many}Content-Length: 30000\r\n\r\n{'z' * 30000}"
        hook = await office.hook(receiver.url)
        await office.tell("a")
        await office.once()
        [delivery] = await office.waiting(hook)
        assert delivery["answer"]["body"] == "z" * 4096
        kept = delivery["answer"]["headers"]
        assert 3900 < sum(len(name) + len(value) for name, value in kept) <= 4096
        assert kept[0] == ["x-0", "y" * 100]

    tell(story)


def test_an_event_that_cannot_be_put_together_holds_up_nobody(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        await office.tell("a", body=b'{"user": no JSON')
        ids = await office.tell("a", "a")
        await office.once()
        assert receiver.events == ids
        [delivery] = await office.waiting(hook)
        assert (delivery["attempts"], delivery["answer"]["error"]) == (1, "the server could not send it")

    tell(story)


# -- in which order ------------------------------------------------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(said=st.lists(st.tuples(st.sampled_from(LANES), st.integers(0, 3)), min_size=1, max_size=40))
def test_a_conversation_is_heard_in_its_order_by_who_answers(said: list[tuple[str, int]]) -> None:
    async def story() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with office(Path(folder)) as opened:
                receiver = await opened.receiver()
                await opened.hook(receiver.url)
                slow: dict[str, int] = {}

                async def answer(got: Got) -> int:
                    for _ in range(slow[got.event]):
                        await asyncio.sleep(0.001)
                    return 200

                receiver.answer = answer
                told: dict[str, list[str]] = {}
                for conversation, turns in said:
                    [event] = await opened.tell(conversation)
                    slow[event] = turns
                    told.setdefault(conversation, []).append(event)
                await opened.once()
                heard: dict[str, list[str]] = {}
                for got in receiver.got:
                    heard.setdefault(got.json["events"][0]["payload"]["is"], []).append(got.event)
                assert heard == told

    asyncio.run(story())


@settings(max_examples=8, deadline=None)
@given(
    said=st.lists(st.sampled_from(LANES[:4]), min_size=1, max_size=15),
    failures=st.lists(st.sampled_from([200, 200, 500, 404]), min_size=1, max_size=30),
)
def test_whatever_fails_every_event_arrives_or_has_failed(said: list[str], failures: list[int]) -> None:
    async def story() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with office(Path(folder)) as opened:
                receiver = await opened.receiver()
                hook = await opened.hook(receiver.url)
                taken: list[str] = []
                tries: list[str] = []

                async def answer(got: Got) -> int:
                    status = failures[len(tries) % len(failures)]
                    tries.append(got.event)
                    if status == 200:
                        taken.append(got.event)
                    return status

                receiver.answer = answer
                ids = [event for conversation in said for event in await opened.tell(conversation)]
                worker = opened.worker()
                for seconds in (0, 7, 28, 112, 448):
                    opened.server.clock.seconds += seconds
                    await worker.once()
                failed = await opened.waiting(hook)
                assert all(each["failed_at"] for each in failed)
                assert sorted([*taken, *(each["event"] for each in failed)]) == sorted(ids)
                first: dict[str, list[str]] = {}
                for event in dict.fromkeys(tries):
                    first.setdefault(said[ids.index(event)], []).append(event)
                assert all(each == sorted(each, key=ids.index) for each in first.values())

    asyncio.run(story())


def test_what_waits_for_another_attempt_is_passed_and_not_skipped(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        first, second, third = await office.tell("a", "a", "a")

        async def answer(got: Got) -> int:
            return 500 if got.event == second and len(receiver.got) < 4 else 200

        receiver.answer = answer
        await office.once()
        assert receiver.events == [first, second, third]
        office.server.clock.seconds += 7
        [fourth] = await office.tell("a")
        await office.once()
        assert receiver.events == [first, second, third, second, fourth]
        assert await office.waiting(hook) == []

    tell(story)


# -- who hears in a switchboard ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "standby", "message", "offered"),
    [
        ("active", False, True, True),
        ("standby", True, True, True),
        ("standby", False, False, False),
        ("pending", False, False, True),
        ("pending", True, True, True),
        ("unlinked", False, True, True),
        ("disabled", False, True, True),
    ],
)
def test_who_has_no_control_hears_what_they_want_to_hear(
    tell: Tell, who: str, standby: bool, message: bool, offered: bool
) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        triggers = ("conversation:message", "switchboard:offerControl")
        hook = await office.hook(receiver.url, *triggers)
        server = office.server
        board = (await server.done("POST", f"{office.app}/switchboards"))["switchboard"]["id"]
        board = f"{office.app}/switchboards/{board}"

        async def place(name: str, **body: Any) -> str:
            made = await server.done("POST", f"{board}/switchboardIntegrations", {"name": name, **body})
            return str(made["switchboardIntegration"]["id"])

        agents = await place("agents", integrationType="zd:agentWorkspace")
        mine = agents
        if who != "unlinked":
            mine = await place("bot", integrationId=hook["integration"], deliverStandbyEvents=standby)
        default = mine if who == "active" else agents
        enabled = {"enabled": True, "defaultSwitchboardIntegrationId": default}
        await server.done("PATCH", board, enabled)
        messages = await server.conversation()
        conversation = messages.split("/")[-2]
        if who == "pending":
            await server.done("POST", f"{messages.rpartition('/')[0]}/offerControl", {"switchboardIntegration": mine})
        if who == "disabled":
            await server.done("PATCH", board, {"enabled": False})
        await office.once()
        receiver.got.clear()
        said = [await office.tell(conversation, type=trigger) for trigger in triggers]
        await office.once()
        heard = set(receiver.events)
        assert [event in heard for [event] in said] == [message, offered]

    tell(story)


# -- what is gone meanwhile ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("gone", ["webhook", "integration", "app"])
def test_what_is_gone_is_sent_nothing_more(tell: Tell, gone: str) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        path = {
            "webhook": office.path(hook),
            "integration": f"{office.app}/integrations/{hook['integration']}",
            "app": office.app,
        }[gone]

        async def delete(_: Got) -> int:
            await office.server.done("DELETE", path)
            return 500

        receiver.answer = delete
        await office.tell("a", "a", "b")
        worker = office.worker()
        await asyncio.create_task(worker.once())
        several = len(receiver.got)
        assert several <= 2, "those that were under way"
        await office.server.afterwards()
        office.server.clock.seconds += 10**4
        await worker.once()
        assert len(receiver.got) == several
        for table in ("delivery", "webhook_gone", "webhook_trigger", "lane_lease"):
            assert await office.server.count(table) == 0, table

    tell(story)


def test_deliveries_of_a_webhook_that_is_gone_go_in_small_steps(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows.deliveries.sweep, "__defaults__", (3,))

    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook, other = await office.hook(receiver.url), await office.hook(receiver.url)
        await office.tell(*LANES)
        await office.server.done("DELETE", office.path(hook))
        await office.server.afterwards()
        assert await office.waiting(hook) == []
        assert len(await office.waiting(other)) == 16
        assert await office.server.count("webhook_gone") == 0

    tell(story)


def test_events_are_kept_for_a_week_and_what_could_not_be_sent_of_them_as_long(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows.deliveries.outlive, "__defaults__", (3,))

    async def story(office: Office) -> None:
        receiver = await office.receiver()
        receiver.answer = 404
        hook, other = await office.hook(receiver.url), await office.hook(receiver.url)
        clock = office.server.clock
        await office.tell(*LANES)
        await office.once()
        clock.seconds += 3600
        young = await office.tell("a", "b")
        await office.once()
        clock.seconds += KEPT
        await office.server.afterwards()
        assert await office.server.count("event") == 18, "to the hour"
        clock.seconds += 60
        await office.database.write(rows.deliveries.lease("left behind", "who died", 0, 1))
        await office.server.afterwards()
        assert await office.server.count("event") == 2
        for each in (hook, other):
            assert [failed["event"] for failed in await office.waiting(each)] == young
        assert await office.server.count("delivery") == 4
        assert await office.server.count("lane_lease") == 0

    tell(story)


@pytest.mark.parametrize("ahead", [KEPT * 2, KEPT * 100])
def test_what_a_clock_that_was_fast_made_keeps_nothing_behind_it(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    monkeypatch.setattr(afterwards, "SEVERAL", 2)
    monkeypatch.setattr(afterwards, "LOOK", 3)

    async def story(office: Office) -> None:
        clock = office.server.clock
        clock.seconds += ahead
        await office.tell(*LANES[:7])
        clock.seconds -= ahead
        await office.server.afterwards()
        await office.tell(*LANES[:5])
        clock.seconds += 3600
        await office.tell("a", "b")
        clock.seconds += KEPT
        await office.server.afterwards()
        assert await office.server.count("event") == 14, "to the hour"
        clock.seconds += 60
        await office.server.afterwards()
        assert await office.server.count("event") == 2

    tell(story)


def test_what_a_clock_that_was_slow_made_takes_nothing_along(tell: Tell) -> None:
    async def story(office: Office) -> None:
        clock = office.server.clock
        await office.tell("a", "b")
        clock.seconds -= KEPT * 100
        await office.tell("c")
        await office.server.afterwards()
        clock.seconds += KEPT * 100
        await office.tell("d")
        await office.server.afterwards()
        assert await office.server.count("event") == 4

    tell(story)


# -- sending again -------------------------------------------------------------------------------------------------


def test_an_event_is_sent_again_whatever_became_of_it(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        [arrived] = await office.tell("a")
        await office.once()
        receiver.answer = 404
        [failed] = await office.tell("a")
        await office.once()
        receiver.answer = 500
        [waits] = await office.tell("a")
        await office.once()
        receiver.answer = 200
        receiver.got.clear()
        for event in (arrived, failed, waits):
            await office.database.write(rows.deliveries.replay(office.server.app_id, hook["id"], event))
        assert [each["attempts"] for each in await office.waiting(hook, "pending")] == [0, 0, 0]
        assert {lane.partition(":")[:2] for lane, *_ in await rows.deliveries.lanes(office.database)} == {
            (hook["id"], ":")
        }
        await office.once()
        assert sorted(receiver.events) == sorted([arrived, failed, waits])
        assert await office.waiting(hook) == []

    tell(story)


@pytest.mark.parametrize("users", [False, True])
def test_what_is_sent_again_goes_where_it_went_first(tell: Tell, users: bool) -> None:
    """Into the lane of what is new in its conversation, or of its user: otherwise they would pass each other."""

    async def story(office: Office) -> None:
        receiver = await office.receiver()
        receiver.answer = 404
        hook = await office.hook(receiver.url)
        app, ids = office.server.app_id, office.server.engines.ids

        async def lanes() -> dict[int, str]:
            return dict(await office.database.read_all("select position, lane from delivery", {}))

        events = await office.tell(*(ids.next() for _ in range(50)), users=users)
        first = await lanes()
        assert len(set(first.values())) > 8
        await office.once()
        assert set((await lanes()).values()) == {hook["id"]}
        await office.database.write(rows.deliveries.replay_failed(app, hook["id"], 0, 0, rows.deliveries.FAR))
        assert await lanes() == first
        for event in events:  # those that wait, those that failed, those that arrived
            await office.database.write(rows.deliveries.replay(app, hook["id"], event))
        assert await lanes() == first
        await office.once()
        for event in events:
            await office.database.write(rows.deliveries.replay(app, hook["id"], event))
        assert await lanes() == first
        receiver.answer = 200
        await office.once()
        assert await lanes() == {}
        for event in events:
            await office.database.write(rows.deliveries.replay(app, hook["id"], event))
        assert await lanes() == first

    tell(story)


def test_what_is_not_there_is_not_sent_again(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        [event] = await office.tell("a")
        other = (await office.server.done("POST", "/v2/apps", {"displayName": "other"}))["app"]["id"]
        app = office.server.app_id
        for args in ((app, hook["id"], "nothing"), (app, "nobody", event), (other, hook["id"], event)):
            with pytest.raises(Refused):
                await office.database.write(rows.deliveries.replay(*args))
        with pytest.raises(Refused):
            await office.database.write(rows.deliveries.replay_failed(app, hook["id"], 0, 0, rows.deliveries.FAR))
        receiver.answer = 404
        await office.once()
        with pytest.raises(Refused):
            await office.database.write(rows.deliveries.replay_failed(other, hook["id"], 0, 0, rows.deliveries.FAR))

    tell(story)


def test_what_has_failed_since_a_time_is_sent_again_in_steps_and_each_once(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        receiver.answer = 404
        hook, other = await office.hook(receiver.url), await office.hook(receiver.url)
        early = await office.tell("a", "b")
        await office.once()
        office.server.clock.seconds += 60
        since = round(office.server.clock() * 1000)
        late = await office.tell("a", "b", "a")
        await office.once()
        receiver.got.clear()
        after, several = 0, list[int]()
        while found := await rows.deliveries.failed_since(office.database, hook["id"], since, after, 2):
            again = rows.deliveries.replay_failed(office.server.app_id, hook["id"], since, after, found[0])
            after = found[0]
            several.append(found[1])
            if found[1]:
                assert len(await office.database.write(again)) == found[1]
            else:
                with pytest.raises(Refused):
                    await office.database.write(again)
            await office.once()  # and it fails again
        assert several == [0, 2, 1]
        assert sorted(receiver.events) == sorted(late)
        assert {each["attempts"] for each in await office.waiting(hook, "failed")} == {1}
        assert len(await office.waiting(hook, "failed")) == len(await office.waiting(other)) == len(early + late)

    tell(story)


def test_what_is_sent_again_while_it_is_under_way_is_not_forgotten(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        [event] = await office.tell("a")
        receiver.answer = 500
        await office.once()

        async def again(_: Got) -> int:
            if len(receiver.got) == 2:
                await office.database.write(rows.deliveries.replay(office.server.app_id, hook["id"], event))
                return 404
            return 200

        receiver.answer = again
        office.server.clock.seconds += 7
        await office.once()
        assert receiver.events == [event] * 3
        assert await office.waiting(hook) == []

    tell(story)


def test_deliveries_are_listed_in_the_order_of_events_forwards_and_backwards(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        receiver.answer = 404
        hook = await office.hook(receiver.url)
        failed = await office.tell(*LANES[:3])
        await office.once()
        pending = await office.tell(*LANES[:3])
        app, page = office.server.app_id, rows.deliveries.page
        for state, expected in ((None, failed + pending), ("failed", failed), ("pending", pending)):
            first = await page(office.database, app, hook["id"], state, 0, 2, back=False)
            rest = await page(office.database, app, hook["id"], state, first[-1][0], 10, back=False)
            assert [row[1] for row in [*first, *rest]] == expected
            back = await page(office.database, app, hook["id"], state, rest[-1][0], 10, back=True)
            assert [row[1] for row in back] == expected[-2::-1]
        assert await page(office.database, "other", hook["id"], None, 0, 10, back=False) == []

    tell(story)

"""What has arrived at a webhook is shown for a while; and a test arrives there, and nowhere else."""

from __future__ import annotations

import asyncio
import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from parhelion.client import receive
from parhelion.server import rows
from parhelion.server.dispatch.stream import Stream
from parhelion.server.ports import Wanted
from parhelion.server.rules.events import KEPT
from parhelion.wire import TRIGGERS, Envelope, UnknownEvent
from parhelion.wire.reading import strict
from parhelion.wire.writing import write as to_json
from tests.server.receiving import LANES, Got, Office, Tell, receiving, tell_in


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    return partial(tell_in, tmp_path)


def of(office: Office, hook: dict[str, Any]) -> str:
    return f"/parhelion/v1/apps/{office.server.app_id}/webhooks/{hook['id']}"


async def listed(office: Office, hook: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    return list((await office.server.done("GET", f"{of(office, hook)}/deliveries{query}"))["deliveries"])


async def shown(office: Office, hook: dict[str, Any], event: str) -> dict[str, Any]:
    return dict((await office.server.done("GET", f"{of(office, hook)}/deliveries/{event}"))["delivery"])


async def states(office: Office, hook: dict[str, Any]) -> dict[str, str]:
    """Of each event; one that is listed twice is an error."""
    found = await listed(office, hook, "?page[size]=100")
    by_event = {each["eventId"]: each["state"] for each in found}
    assert len(by_event) == len(found)
    return by_event


# -- what has arrived ----------------------------------------------------------------------------------------------


def test_what_has_arrived_is_listed_with_its_answer(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        receiver.answer = "HTTP/1.1 202 Taken\r\nX-Queue: seven\r\nContent-Length: 6\r\n\r\nqueued"
        hook = await office.hook(receiver.url)
        [event] = await office.tell("a")
        office.server.clock.seconds += 1
        await office.once()
        [delivery] = await listed(office, hook)
        assert (delivery["eventId"], delivery["state"], delivery["attempts"]) == (event, "delivered", 1)
        assert delivery["deliveredAt"] == delivery["answer"]["sentAt"] > delivery["createdAt"]
        assert not {"failedAt", "nextAttemptAt", "request"} & delivery.keys()
        assert (delivery["answer"]["status"], delivery["answer"]["body"]) == (202, "queued")
        assert ["x-queue", "seven"] in delivery["answer"]["headers"]
        assert delivery["answer"]["seconds"] >= 0

    tell(story)


def test_what_arrives_late_says_how_many_attempts_it_took(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        receiver.answer = 503
        hook = await office.hook(receiver.url)
        await office.tell("a")
        await office.once()
        receiver.answer = 200
        office.server.clock.seconds += 7
        await office.once()
        [delivery] = await listed(office, hook)
        assert (delivery["state"], delivery["attempts"], delivery["answer"]["status"]) == ("delivered", 2, 200)

    tell(story)


def test_all_states_are_in_one_list_newest_first_and_each_in_one_of_its_own(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        expected: list[tuple[str, str]] = []
        for _ in range(3):
            for status, state in ((200, "delivered"), (404, "failed"), (503, "pending")):
                receiver.answer = status
                [event] = await office.tell("a")
                await office.once()
                expected.insert(0, (event, state))
        for only in (None, "delivered", "failed", "pending"):
            wanted = [(event, state) for event, state in expected if only in (None, state)]
            met: list[tuple[str, str]] = []
            query = "?page[size]=2" + (f"&filter[state]={only}" if only else "")
            page = await office.server.done("GET", f"{of(office, hook)}/deliveries{query}")
            while True:
                met += [(each["eventId"], each["state"]) for each in reversed(page["deliveries"])]
                if not page["meta"]["hasMore"]:
                    break
                page = await office.server.done("GET", page["links"]["prev"].partition("inside")[2])
            assert met == wanted

    tell(story)


def test_the_newest_of_each_webhook_are_kept(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows.deliveries.forget_arrivals, "__defaults__", (rows.deliveries.FAR, 3))

    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook, quiet = await office.hook(receiver.url), await office.hook(receiver.url, "user:remove")
        events = await office.tell(*LANES * (rows.deliveries.KEPT // 16), *LANES[:8])
        [other] = await office.tell("a", type="user:remove")
        assert len(events) > rows.deliveries.KEPT
        await office.once()
        await office.server.afterwards()
        kept = await office.waiting(hook, "delivered")
        assert [each["event"] for each in kept] == events[-rows.deliveries.KEPT :]
        assert [each["event"] for each in await office.waiting(quiet, "delivered")] == [other]
        assert (await office.server.ask("GET", f"{of(office, hook)}/deliveries/{events[0]}"))[0] == 404
        assert (await office.server.ask("POST", f"{of(office, hook)}/deliveries/{events[0]}/replay"))[0] == 201

    tell(story)


def test_what_has_arrived_is_kept_no_longer_than_its_event(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        [old] = await office.tell("a")
        office.server.clock.seconds += 3600
        [young] = await office.tell("a")
        await office.once()
        office.server.clock.seconds += KEPT + 60
        await office.server.afterwards()
        assert await states(office, hook) == {young: "delivered"}
        assert await office.server.count("arrival") == 1
        assert (await office.server.ask("GET", f"{of(office, hook)}/deliveries/{old}"))[0] == 404

    tell(story)


@pytest.mark.parametrize("whole_app", [False, True])
def test_nothing_is_left_of_a_webhook_that_goes_while_something_arrives_there(tell: Tell, whole_app: bool) -> None:
    async def story(office: Office) -> None:
        receiver, other = await office.receiver(), await office.receiver()
        hook = await office.hook(receiver.url)
        if not whole_app:
            await office.hook(other.url)

        async def gone(_: Got) -> int:
            if len(receiver.got) == 2:
                await office.server.done("DELETE", office.app if whole_app else office.path(hook))
            return 200

        receiver.answer = gone
        await office.tell("a", "a", "a")
        await office.once()
        await office.server.afterwards()
        assert len(receiver.got) == 2
        assert await office.server.count("arrival") == (0 if whole_app else 3)
        assert await office.server.count("delivery") == await office.server.count("webhook_gone") == 0

    tell(story)


def test_what_has_arrived_and_is_sent_again_waits_again(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        event, other = await office.tell("a", "b")
        await office.once()
        await office.server.done("POST", f"{of(office, hook)}/deliveries/{event}/replay")
        assert await states(office, hook) == {event: "pending", other: "delivered"}
        again = await shown(office, hook, event)
        assert (again["attempts"], "answer" in again, "deliveredAt" in again) == (0, False, False)
        receiver.answer = 404
        await office.once()
        assert await states(office, hook) == {event: "failed", other: "delivered"}
        receiver.answer = 200
        assert (await office.server.done("POST", f"{of(office, hook)}/replay"))["replayed"] == 1
        await office.once()
        assert await states(office, hook) == {event: "delivered", other: "delivered"}

    tell(story)


@pytest.mark.parametrize(("status", "state"), [(200, "delivered"), (404, "failed")])
def test_what_is_sent_again_while_it_is_under_way_is_listed_once(tell: Tell, status: int, state: str) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        [event] = await office.tell("a")

        async def again(_: Got) -> int:
            if len(receiver.got) == 1:
                await office.server.done("POST", f"{of(office, hook)}/deliveries/{event}/replay")
                return status
            return 200

        receiver.answer = again
        await office.once()
        assert receiver.events == [event], "it counts as sent"
        assert await states(office, hook) == {event: state}

    tell(story)


def test_replays_and_arrivals_at_the_same_time_leave_each_event_in_one_place(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        events = await office.tell(*LANES)
        worker = office.worker()

        async def replaying() -> None:
            for event in events * 3:
                await office.server.done("POST", f"{of(office, hook)}/deliveries/{event}/replay")

        async def sending() -> None:
            while not done.done():
                await worker.once()
                await asyncio.sleep(0)

        done = asyncio.ensure_future(asyncio.gather(replaying(), replaying()))
        await asyncio.gather(done, sending())
        await worker.once()
        assert await states(office, hook) == dict.fromkeys(events, "delivered")
        assert await office.server.count("delivery") == 0

    tell(story)


def test_who_has_lost_the_lane_says_nothing_of_what_arrived(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        [event] = await office.tell("a")
        lane = f"{hook['id']}{rows.events.lane('a')}"

        async def taken_over(_: Got) -> int:
            now = round(office.server.clock() * 1000)
            await office.database.write(rows.deliveries.release(lane, "slow"))
            await office.database.write(rows.deliveries.lease(lane, "other", now, now + 15_000))
            return 200

        receiver.answer = taken_over
        await office.worker(who="slow").once()
        assert await states(office, hook) == {event: "pending"}
        assert await office.server.count("arrival") == 0
        receiver.answer = 200
        await office.worker(who="other").once()
        assert receiver.events == [event, event]
        assert await states(office, hook) == {event: "delivered"}

    tell(story)


# -- one delivery --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "state"), [(200, "delivered"), (404, "failed"), (503, "pending")])
@pytest.mark.parametrize("full", [False, True])
def test_a_delivery_is_shown_as_it_was_sent_but_for_what_is_secret(
    tell: Tell, status: int, state: str, full: bool
) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        receiver.answer = status
        target = receiver.url.replace("key=hidden", "key=topsecret&bare")
        hook = await office.hook(target, "user:update", includeFullUser=full)
        event = (await office.server.done("POST", f"{of(office, hook)}/test"))["eventId"]
        await office.once()
        raw = await office.server.done("GET", f"{of(office, hook)}/deliveries/{event}")
        delivery, [got] = raw["delivery"], receiver.got
        assert (delivery["eventId"], delivery["state"], delivery["answer"]["status"]) == (event, state, status)
        assert delivery["request"]["url"] == receiver.url.replace("key=hidden", "key=hidden&hidden")
        assert delivery["request"]["body"].encode() == got.body
        assert ("Test" in delivery["request"]["body"]) is full
        headers = dict(delivery["request"]["headers"])
        hidden = {"x-api-key", "webhook-signature"}
        assert {name for name, value in headers.items() if value == "hidden"} == hidden
        assert {name: got.headers[name] for name in headers.keys() - hidden} == {
            name: value for name, value in headers.items() if name not in hidden
        }
        for secret in (hook["secret"], got.headers["webhook-signature"], "topsecret"):
            assert secret not in json.dumps(raw)
            assert secret not in json.dumps(await listed(office, hook))

    tell(story)


def test_a_delivery_that_was_not_tried_yet_has_a_request_without_a_time(tell: Tell) -> None:
    async def story(office: Office) -> None:
        hook = await office.hook("http://127.0.0.1:9/")
        [event] = await office.tell("a")
        delivery = await shown(office, hook, event)
        assert (delivery["state"], "answer" in delivery) == ("pending", False)
        headers = dict(delivery["request"]["headers"])
        assert headers["webhook-id"] == event
        assert "webhook-timestamp" not in headers

    tell(story)


def test_what_is_no_delivery_of_the_webhook_is_not_found(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook, other = await office.hook(receiver.url), await office.hook(receiver.url, "user:remove")
        further = await office.new_app()
        theirs = await office.hook(receiver.url, app=further)
        [event] = await office.tell("a")
        [foreign] = await office.tell("a", app=further)
        await office.once()
        assert (await shown(office, hook, event))["state"] == "delivered"
        for path in (
            f"{of(office, hook)}/deliveries/{'0' * 24}",
            f"{of(office, hook)}/deliveries/{foreign}",
            f"{of(office, other)}/deliveries/{event}",
            f"{of(office, theirs)}/deliveries/{foreign}",
            f"{of(office, {'id': '0' * 24})}/deliveries/{event}",
        ):
            status, answer = await office.server.ask("GET", path)
            assert (status, answer["errors"][0]["code"]) == (404, "not_found"), path

    tell(story)


# -- a test --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_test_of_each_trigger_is_read_as_what_it_is(tell: Tell, trigger: str) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url, "user:remove", includeFullUser=True, includeFullSource=True)
        said = await office.server.done("POST", f"{of(office, hook)}/test", {"trigger": trigger})
        await office.once()
        [got] = receiver.got
        assert (said["eventId"], said["type"]) == (got.event, trigger)
        bot = receive.Receiver(hook["secret"], clock=office.server.clock, signed=True)
        [event] = bot.receive(got.headers, got.body)
        assert not isinstance(event, UnknownEvent)
        assert event.type == trigger
        said_again = to_json(strict(got.body, Envelope))
        assert json.loads(said_again) == json.loads(got.body.replace(b".000Z", b"Z")), "all in it has a name"
        assert re.search(b'"0{24}"|Test', msgspec.json.encode(got.json["events"][0]["payload"]))
        assert await states(office, hook) == {got.event: "delivered"}

    tell(story)


def test_a_test_is_of_the_first_trigger_and_heard_by_that_webhook_alone(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver, other = await office.receiver(), await office.receiver()
        hook = await office.hook(receiver.url, "conversation:message", "user:remove")
        neighbour = await office.hook(other.url, "conversation:message")
        live = Stream(office.database, office.server.clock)
        running = asyncio.create_task(live.run())
        pieces = aiter(live.subscribe(office.server.app_id, Wanted()))
        begun = (await anext(pieces)).partition(b"id: ")[2].split(b"\n")[0]

        said = await office.server.done("POST", f"{of(office, hook)}/test")
        assert said["type"] == "conversation:message"
        [real] = await office.tell("a", type="user:remove")
        await office.once()
        assert sorted(receiver.events) == sorted([said["eventId"], real])
        assert other.got == []
        assert await listed(office, neighbour) == []
        assert real.encode() in (heard := await anext(pieces))
        assert said["eventId"].encode() not in heard
        resumed = aiter(live.subscribe(office.server.app_id, Wanted(after=begun.decode())))
        await anext(resumed)
        assert real.encode() in (past := await anext(resumed))
        assert said["eventId"].encode() not in past
        running.cancel()
        [delivery] = [each for each in await listed(office, hook) if each["eventId"] == said["eventId"]]
        assert "conversationId" not in delivery

        path = f"{of(office, neighbour)}/deliveries/{said['eventId']}"
        assert (await office.server.ask("POST", f"{path}/replay"))[0] == 404
        assert (await office.server.ask("GET", path))[0] == 404
        again = await office.server.done("POST", f"{of(office, hook)}/deliveries/{said['eventId']}/replay")
        assert again == {"replayed": 1}

    tell(story)


def test_a_test_is_tried_again_like_every_other(tell: Tell) -> None:
    async def story(office: Office) -> None:
        async with receiving() as receiver:
            receiver.answer = 500
            hook = await office.hook(receiver.url)
            event = (await office.server.done("POST", f"{of(office, hook)}/test"))["eventId"]
            await office.once()
            delivery = await shown(office, hook, event)
            assert (delivery["state"], delivery["attempts"], delivery["answer"]["status"]) == ("pending", 1, 500)
            receiver.answer = 200
            office.server.clock.seconds += 7
            await office.once()
            assert (await shown(office, hook, event))["state"] == "delivered"
            assert receiver.events == [event, event]

    tell(story)


def test_a_test_that_is_asked_for_twice_under_one_key_is_sent_once(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        hook = await office.hook(receiver.url)
        answers = [await office.server.done("POST", f"{of(office, hook)}/test", idempotency_key="one") for _ in "ab"]
        await office.once()
        assert answers[0] == answers[1]
        assert receiver.events == [answers[0]["eventId"]]

    tell(story)


@pytest.mark.parametrize(
    ("body", "words"), [({"trigger": "conversation:mesage"}, "trigger"), ({"trigger": 1}, "trigger")]
)
def test_a_test_of_what_is_no_trigger_is_refused(tell: Tell, body: dict[str, str], words: str) -> None:
    async def story(office: Office) -> None:
        hook = await office.hook("http://127.0.0.1:9/")
        status, answer = await office.server.ask("POST", f"{of(office, hook)}/test", body)
        assert (status, answer["errors"][0]["code"]) == (400, "bad_request")
        assert words in answer["errors"][0]["title"]
        assert await listed(office, hook) == []

    tell(story)


def test_nothing_is_sent_to_a_webhook_that_is_not_there(tell: Tell) -> None:
    async def story(office: Office) -> None:
        receiver = await office.receiver()
        theirs = await office.hook(receiver.url, app=await office.new_app())
        for hook in (theirs, {"id": "0" * 24}):
            status, answer = await office.server.ask("POST", f"{of(office, hook)}/test")
            assert (status, answer["errors"][0]["code"]) == (404, "not_found")
        await office.once()
        assert receiver.got == []
        assert await office.server.count("event") == 0

    tell(story)

"""What is told: each change once, with its commit and not without it, in the API's words; and who hears of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from parhelion.server import rows
from parhelion.server.ports import Step, Write
from parhelion.server.rules.events import as_told
from parhelion.wire import TRIGGERS, Event
from parhelion.wire.reading import strict
from parhelion.wire.writing import write as to_json
from tests.inside import Inside, inside

EVERYTHING = 1 << 60
PROFILE = {"givenName": "Ada", "email": "ada@example.org"}
POSTBACK = {"type": "postback", "text": "Yes", "payload": "yes", "metadata": {"answer": 1}}
TWILIO = {"type": "twilio", "accountSid": "AC1", "authToken": "token", "phoneNumberSid": "PN1"}


class Ear:
    """An app, and what is told of it."""

    def __init__(self, server: Inside) -> None:
        self.server, self.app = server, f"/v2/apps/{server.app_id}"
        self._heard = 0

    async def told(self) -> list[dict[str, Any]]:
        """What was told since it was last asked, oldest first."""
        database, app = self.server.engines.database, self.server.app_id
        found = await rows.events.of_app(database, app, self._heard, EVERYTHING, 1000)
        if found:
            self._heard = found[-1][0]
        events = [json.loads(row[4]) for row in found]
        for row, event in zip(found, events, strict=True):
            said = to_json(strict(row[4], Event))  # each is what the API says of it, and nothing else
            assert json.loads(said) == json.loads(bytes(row[4]).replace(b".000Z", b"Z"))
            about = event["payload"].get("conversation", {}).get("id", "")
            assert (row[3], row[2]) == (event["type"], about)
        return events

    async def only(self) -> dict[str, Any]:
        [event] = await self.told()
        return event

    async def do(self, method: str, path: str, body: Any = None) -> Any:
        return await self.server.done(method, f"{self.app}/{path}", body)

    async def refused(self, method: str, path: str, body: Any = None, **headers: str) -> int:
        status, _ = await self.server.ask(method, f"{self.app}/{path}", body, **headers)
        assert status >= 400
        return status

    async def user(self, name: str = "ada") -> str:
        return str((await self.do("POST", "users", {"externalId": name, "profile": PROFILE}))["user"]["id"])

    async def group(self, *users: str) -> str:
        made = await self.do(
            "POST", "conversations", {"type": "sdkGroup", "participants": [{"userId": user} for user in users]}
        )
        await self.told()
        return f"conversations/{made['conversation']['id']}"


Story = Callable[[Ear], Coroutine[Any, Any, None]]


@pytest.fixture
def tell(tmp_path: Path) -> Callable[[Story], None]:
    def run(story: Story) -> None:
        async def told() -> None:
            async with inside(tmp_path) as server:
                await story(Ear(server))

        asyncio.run(told())

    return run


Tell = Callable[[Story], None]


def by(user: str) -> dict[str, str]:
    return {"type": "user", "userId": user}


def text(words: str = "hello", user: str = "", **more: Any) -> dict[str, Any]:
    author = by(user) if user else {"type": "business", "displayName": "Shop"}
    return {"author": author, "content": {"type": "text", "text": words, **more}}


def test_a_message_is_told_as_it_was_stored(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        place = await ear.group()
        body = {**text("**hello**"), "metadata": {"lang": "en"}}
        [message] = (await ear.do("POST", f"{place}/messages", body))["messages"]
        event = await ear.only()
        assert event["type"] == "conversation:message"
        assert event["payload"]["message"] == message
        assert event["payload"]["conversation"] == {"id": place.split("/")[1], "type": "sdkGroup"}
        assert event["createdAt"] == message["received"]
        assert event["id"] != message["id"]

    tell(story)


def test_a_users_message_is_told_with_who_the_user_is(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        user = await ear.user()
        place = await ear.group(user)
        await ear.do("POST", f"{place}/messages", text(user=user))
        event = await ear.only()
        author = event["payload"]["message"]["author"]
        assert author["userId"] == user
        assert author["user"]["profile"] == PROFILE
        assert (author["user"]["externalId"], author["user"]["authenticated"]) == ("ada", False)
        short = json.loads(as_told(to_json(event), full_user=False, full_source=False))
        user_told = {"id": user, "externalId": "ada", "authenticated": False}
        assert short["payload"]["message"]["author"] == {**author, "user": user_told}
        assert json.loads(as_told(to_json(event), full_user=True, full_source=False)) == event

    tell(story)


def test_what_is_refused_is_told_to_nobody(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        stranger = await ear.user("stranger")
        place = await ear.group()
        assert await ear.refused("POST", f"{place}/messages", text(user=stranger)) == 400
        assert await ear.refused("POST", f"conversations/{'0' * 24}/messages", text()) == 404
        assert await ear.refused("DELETE", f"conversations/{'0' * 24}") == 404
        assert await ear.refused("POST", f"{place}/leave", {"userId": stranger}) == 404
        assert await ear.told() == []

    tell(story)


def test_what_is_asked_twice_under_one_key_is_told_once(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        place = f"{ear.app}/{await ear.group()}/messages"
        for _ in range(3):
            await ear.server.done("POST", place, text(), idempotency_key="one")
        assert len(await ear.told()) == 1

    tell(story)


def test_of_many_at_once_each_is_told_in_the_order_of_its_id(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        place = await ear.group()
        await asyncio.gather(*(ear.do("POST", f"{place}/messages", text(str(number))) for number in range(50)))
        ids = [event["payload"]["message"]["id"] for event in await ear.told()]
        assert len(ids) == 50
        assert ids == sorted(ids)

    tell(story)


def test_a_new_conversation_is_told_with_the_user_it_belongs_to(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        user = await ear.user()
        personal = {"type": "personal", "participants": [{"userId": user}], "metadata": {"a": 1}}
        made = (await ear.do("POST", "conversations", personal))["conversation"]
        event = await ear.only()
        assert event["type"] == "conversation:create"
        payload = event["payload"]
        assert payload["conversation"] == {"id": made["id"], "type": "personal", "metadata": {"a": 1}}
        assert (payload["creationReason"], payload["user"]["id"]) == ("none", user)
        await ear.do("POST", "conversations", {"type": "sdkGroup", "participants": [{"userId": user}]})
        assert "user" not in (await ear.only())["payload"]

    tell(story)


def test_a_deleted_conversation_is_told_as_it_was(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        place = await ear.group()
        await ear.do("DELETE", place)
        event = await ear.only()
        assert event["type"] == "conversation:remove"
        assert event["payload"] == {"conversation": {"id": place.split("/")[1], "type": "sdkGroup"}}
        assert await ear.refused("DELETE", place) == 404
        assert await ear.told() == []

    tell(story)


def test_the_default_conversation_stays_and_nothing_is_told(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        user = await ear.user()
        made = await ear.do("POST", "conversations", {"type": "personal", "participants": [{"userId": user}]})
        await ear.told()
        assert await ear.refused("DELETE", f"conversations/{made['conversation']['id']}") == 400
        assert await ear.told() == []

    tell(story)


def test_coming_and_going_is_told_once_each(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        user = await ear.user()
        place = await ear.group()
        for _ in range(2):  # the second time they are there already
            await ear.do("POST", f"{place}/join", {"userId": user})
        joined = await ear.only()
        who = {"id": user, "externalId": "ada", "authenticated": False}
        assert (joined["type"], joined["payload"]["user"]) == ("conversation:join", who)
        await ear.do("POST", f"{place}/leave", {"userExternalId": "ada"})
        left = await ear.only()
        assert (left["type"], left["payload"]["user"]) == ("conversation:leave", who)

    tell(story)


def test_the_client_of_the_sdks_is_told_when_it_is_made_and_not_again(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        user = await ear.user()
        subscribing = {"userId": user, "subscribeSDKClient": True}
        place = await ear.group()
        await ear.do("POST", f"{place}/join", subscribing)
        joined, added = await ear.told()
        assert (joined["type"], added["type"]) == ("conversation:join", "client:add")
        assert (added["payload"]["reason"], added["payload"]["client"]["type"]) == ("sdkLogin", "sdk")
        assert "conversation" not in added["payload"]
        await ear.do("POST", "conversations", {"type": "personal", "participants": [subscribing]})
        assert [event["type"] for event in await ear.told()] == ["conversation:create"]

        other = await ear.user("bob")
        body = {"type": "personal", "participants": [{"userId": other, "subscribeSDKClient": True}]}
        await ear.do("POST", "conversations", body)
        assert [event["type"] for event in await ear.told()] == ["conversation:create", "client:add"]

    tell(story)


def test_somebody_who_is_there_and_gets_a_client_is_told_as_a_client_only(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        user = await ear.user()
        place = await ear.group(user)
        await ear.do("POST", f"{place}/join", {"userId": user, "subscribeSDKClient": True})
        assert (await ear.only())["type"] == "client:add"

    tell(story)


def test_a_channel_is_told_when_it_is_linked_and_when_it_is_removed(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        user = await ear.user()
        channel = (await ear.do("POST", "integrations", TWILIO))["integration"]["id"]
        made = await ear.do("POST", "conversations", {"type": "personal", "participants": [{"userId": user}]})
        await ear.told()
        criteria = {"type": "twilio", "integrationId": channel, "phoneNumber": "+12125552368"}
        target = {"conversationId": made["conversation"]["id"]}
        linking = {"matchCriteria": criteria, "confirmation": {"type": "immediate"}, "target": target}
        client = (await ear.do("POST", f"users/{user}/clients", linking))["client"]
        added = await ear.only()
        assert (added["type"], added["payload"]["reason"]) == ("client:add", "channelLinking")
        assert added["payload"]["client"] == client
        assert await ear.refused("POST", f"users/{user}/clients", linking) == 409
        await ear.do("DELETE", f"users/{user}/clients/{client['id']}")
        removed = await ear.only()
        assert (removed["type"], removed["payload"]["reason"]) == ("client:remove", "api")
        assert removed["payload"]["client"] == client
        assert await ear.refused("DELETE", f"users/{user}/clients/{client['id']}") == 404
        assert await ear.told() == []

    tell(story)


def test_a_pressed_button_is_told_before_its_echo(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        user = await ear.user()
        place = await ear.group(user)
        message = (await ear.do("POST", f"{place}/messages", text(actions=[POSTBACK])))["messages"][0]["id"]
        await ear.told()
        press = {"author": by(user), "messageId": message, "payload": "yes"}
        ours = f"/parhelion/v1/apps/{ear.server.app_id}/{place}/postbacks"
        await ear.server.done("POST", ours, press)
        event = await ear.only()
        assert event["type"] == "conversation:postback"
        assert event["payload"]["postback"] == {"payload": "yes", "metadata": {"answer": 1}}
        assert event["payload"]["user"]["profile"] == PROFILE
        await ear.server.done("PATCH", ear.app, {"settings": {"echoPostback": True}})
        await ear.server.done("POST", ours, press)
        assert [each["type"] for each in await ear.told()] == ["conversation:postback", "conversation:message"]

    tell(story)


def test_reading_is_told_of_users_and_not_of_the_business(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        user = await ear.user()
        place = await ear.group(user)
        await ear.do("POST", f"{place}/activity", {"author": {"type": "business"}, "type": "conversation:read"})
        await ear.do("POST", f"{place}/activity", {"author": {"type": "business"}, "type": "typing:start"})
        assert await ear.told() == []
        await ear.do("POST", f"{place}/activity", {"author": by(user), "type": "conversation:read"})
        event = await ear.only()
        assert event["type"] == "conversation:read"
        assert event["payload"]["activity"]["author"]["userId"] == user

    tell(story)


def test_a_deleted_user_is_told_once(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        user = await ear.user()
        await ear.group(user)
        await ear.do("POST", "conversations", {"type": "personal", "participants": [{"userId": user}]})
        await ear.told()
        await ear.do("DELETE", f"users/{user}")
        event = await ear.only()
        assert event["type"] == "user:remove"
        assert event["payload"] == {"user": {"id": user, "externalId": "ada", "authenticated": False}}

    tell(story)


class Desk(Ear):
    """A switchboard with two bots, each with a webhook that hears of everything; and a third bot outside of it."""

    async def open(self, *, standby: bool) -> Desk:
        hook = {"target": "https://example.org/hook", "triggers": [*TRIGGERS]}
        self.hooks: dict[str, str] = {}
        self.places: dict[str, str] = {}
        board = (await self.do("POST", "switchboards"))["switchboard"]["id"]
        self.board = f"switchboards/{board}"
        for name in ("first", "second", "outside"):
            body = {"type": "custom", "displayName": name, "webhooks": [hook]}
            made = (await self.do("POST", "integrations", body))["integration"]
            self.hooks[made["webhooks"][0]["id"]] = name
            if name != "outside":
                place = {"name": name, "integrationId": made["id"], "deliverStandbyEvents": standby}
                added = await self.do("POST", f"{self.board}/switchboardIntegrations", place)
                self.places[name] = added["switchboardIntegration"]["id"]
        await self.enable(True)
        return self

    async def enable(self, on: bool) -> None:
        body = {"enabled": on, "defaultSwitchboardIntegrationId": self.places["first"]}
        await self.do("PATCH", self.board, body)

    async def heard(self) -> dict[str, list[str]]:
        """Which events each bot is to be sent that it was not sent yet."""
        database = self.server.engines.database
        found = await database.read_all(
            "select d.webhook_id, e.type from delivery d join event e on e.position = d.position order by d.position",
            {},
        )
        done: dict[str, list[str]] = {}
        for webhook, type in found:
            done.setdefault(self.hooks[webhook], []).append(type.removeprefix("conversation:"))
        await database.write(FORGET)
        return done

    async def act(self, place: str, action: str, to: str = "") -> None:
        body = {"metadata": {"why": "test"}, **({"switchboardIntegration": to} if to else {})}
        await self.do("POST", f"{place}/{action}Control", body)


FORGET = Write("test", (Step("delete from delivery"),), {})


def test_without_standby_events_only_who_has_control_hears(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        desk = await Desk(ear.server).open(standby=False)
        place = await desk.group()
        assert await desk.heard() == {"first": ["create"], "outside": ["create"]}
        await desk.do("POST", f"{place}/messages", text())
        assert await desk.heard() == {"first": ["message"], "outside": ["message"]}
        await desk.act(place, "offer", "second")
        offered = ["switchboard:offerControl"]
        assert await desk.heard() == {"first": offered, "second": offered, "outside": offered}
        await desk.do("POST", f"{place}/messages", text())
        assert await desk.heard() == {"first": ["message"], "outside": ["message"]}
        await desk.act(place, "accept")
        accepted = ["switchboard:acceptControl"]
        assert await desk.heard() == {"second": accepted, "outside": accepted}
        await desk.do("POST", f"{place}/messages", text())
        assert await desk.heard() == {"second": ["message"], "outside": ["message"]}
        await desk.act(place, "release")
        assert await desk.heard() == {"outside": ["switchboard:releaseControl"]}
        await desk.do("POST", f"{place}/messages", text())  # who speaks gives control to the default
        assert await desk.heard() == {"first": ["message"], "outside": ["message"]}
        await desk.do("DELETE", place)
        assert await desk.heard() == {"first": ["remove"], "outside": ["remove"]}

    tell(story)


def test_with_standby_events_all_hear(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        desk = await Desk(ear.server).open(standby=True)
        place = await desk.group()
        await desk.do("POST", f"{place}/messages", text())
        heard = ["create", "message"]
        assert await desk.heard() == {"first": heard, "second": heard, "outside": heard}

    tell(story)


def test_where_the_switchboard_is_off_all_hear(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        desk = await Desk(ear.server).open(standby=False)
        await desk.enable(False)
        await desk.group()
        assert await desk.heard() == {name: ["create"] for name in ("first", "second", "outside")}

    tell(story)


def test_what_is_of_no_conversation_is_heard_by_all(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        desk = await Desk(ear.server).open(standby=False)
        user = await desk.user()
        await desk.do("DELETE", f"users/{user}")
        assert await desk.heard() == {name: ["user:remove"] for name in ("first", "second", "outside")}

    tell(story)


def test_a_change_of_control_is_told_as_it_is_then(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        desk = await Desk(ear.server).open(standby=True)
        place = await desk.group()

        async def change(action: str, to: str = "") -> tuple[str, str | None, str | None]:
            await desk.act(place, action, to)
            event = await desk.only()
            payload = event["payload"]
            assert payload["metadata"] == {"why": "test"}
            now = (await desk.do("GET", place))["conversation"]
            for word in ("activeSwitchboardIntegration", "pendingSwitchboardIntegration"):
                assert payload["conversation"].get(word) == now.get(word)
            names = (payload["conversation"].get(f"{word}SwitchboardIntegration", {}) for word in ("active", "pending"))
            active, pending = (each.get("name") for each in names)
            return event["type"], active, pending

        assert await change("offer", "second") == ("switchboard:offerControl", "first", "second")
        assert await change("accept") == ("switchboard:acceptControl", "second", None)
        assert await change("pass", "first") == ("switchboard:passControl", "first", None)
        assert await change("release") == ("switchboard:releaseControl", None, None)

    tell(story)


def test_a_change_that_changes_nothing_is_not_told(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        desk = await Desk(ear.server).open(standby=True)
        place = await desk.group()
        await desk.act(place, "pass", "first")  # has it
        assert await desk.told() == []

    tell(story)


@pytest.mark.parametrize(
    ("action", "to", "status"), [("offer", "first", 400), ("pass", "nobody", 404), ("accept", "", 400)]
)
def test_control_that_could_not_change_is_told_as_a_failure(tell: Tell, action: str, to: str, status: int) -> None:
    async def story(ear: Ear) -> None:
        desk = await Desk(ear.server).open(standby=True)
        place = await desk.group()
        body = {"switchboardIntegration": to} if to else {}
        answered, answer = await desk.server.ask("POST", f"{desk.app}/{place}/{action}Control", body)
        assert answered == status
        event = await desk.only()
        assert event["type"] == f"switchboard:{action}Control:failure"
        [error] = answer["errors"]
        assert event["payload"]["error"] == {"code": error["code"], "message": error["title"]}

    tell(story)


def test_the_message_that_gives_control_to_the_default_says_so(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        place = await ear.group()  # older than the switchboard
        desk = await Desk(ear.server).open(standby=True)
        await desk.told()
        await desk.do("POST", f"{place}/messages", text())
        event = await desk.only()
        assert event["payload"]["conversation"]["activeSwitchboardIntegration"]["name"] == "first"

    tell(story)


def test_a_webhook_hears_of_its_triggers_and_of_those_it_has_now(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        hook = {"target": "https://example.org/hook", "triggers": ["conversation:message:delivery:user"]}
        made = (await ear.do("POST", "integrations", {"type": "custom", "webhooks": [hook]}))["integration"]
        path = f"integrations/{made['id']}/webhooks/{made['webhooks'][0]['id']}"
        place = await ear.group()

        async def waiting() -> int:
            await ear.do("POST", f"{place}/messages", text())
            return await ear.server.count("delivery")

        assert await waiting() == 0
        await ear.do("PATCH", path, {"triggers": ["conversation:message", "user:remove"]})
        assert await waiting() == 1
        await ear.do("PATCH", path, {"triggers": ["user:remove"]})
        assert await waiting() == 1
        await ear.do("PATCH", path, {"triggers": ["conversation:message"]})
        assert await waiting() == 2
        await ear.do("DELETE", path)
        assert await ear.server.count("webhook_trigger") == 0

    tell(story)


def test_no_app_hears_of_another(tell: Tell) -> None:
    async def story(ear: Ear) -> None:
        await Desk(ear.server).open(standby=True)
        other = (await ear.server.done("POST", "/v2/apps", {"displayName": "other"}))["app"]["id"]
        there = f"/v2/apps/{other}/conversations"
        made = (await ear.server.done("POST", there, {"type": "sdkGroup"}))["conversation"]["id"]
        await ear.server.done("POST", f"{there}/{made}/messages", text())
        assert await ear.told() == []
        assert await ear.server.count("delivery") == 0
        assert await ear.server.count("event") == 2

    tell(story)

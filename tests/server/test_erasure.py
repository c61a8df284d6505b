"""What is deleted is gone: from events, deliveries, answers and words, and after a vacuum from every file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from parhelion.server import assemble, rows
from parhelion.server.assemble import Store
from parhelion.server.dispatch import erasing
from parhelion.server.ports import Step, Write
from parhelion.server.rules import erasing as rules
from parhelion.wire import TRIGGERS
from tests.engines import chosen
from tests.inside import inside
from tests.server.house import PNG, House
from tests.server.receiving import Got, Office, Receiver, Tell, tell_in
from tests.server.remains import found, pieces

AFTER = rules.AFTER / 1000
HELLO = {"author": {"type": "business"}, "content": {"type": "text", "text": "hello"}}


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    return partial(tell_in, tmp_path)


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    for swept in (rows.erasures.events, rows.erasures.answers, rows.gone.up_to):
        monkeypatch.setattr(swept, "__defaults__", (3,))
    monkeypatch.setattr(erasing, "SEVERAL", 2)


async def echo(got: Got) -> str:
    """A receiver that says again what it was told."""
    body = got.body.decode()
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(got.body)}\r\n\r\n{body}"


@dataclass
class Person:
    """Somebody whose strings are nobody else's."""

    mark: str
    office: Office
    house: House
    id: str = ""
    personal: str = ""
    files: list[str] = field(default_factory=list)
    _keys: int = 0

    @property
    def profile(self) -> list[str]:
        return [f"{self.mark}given", f"{self.mark}sür", f"{self.mark}@mail.example", f"{self.mark}-avatar.png"]

    @property
    def known_by(self) -> list[str]:
        return [*self.profile, f"{self.mark}metadata"]

    @property
    def theirs(self) -> list[str]:
        """All that is nobody's but theirs."""
        said = [f"{self.mark}{where}" for where in ("personal", "answered", "place", "group", "left", "payload")]
        return [*self.known_by, f"{self.mark}external", f"{self.mark}device", self.word, *said, *self.file]

    @property
    def word(self) -> str:
        """One that begins as no other does: an index has words without what they share with the one before."""
        return self.mark[::-1]

    @property
    def file(self) -> list[str]:
        return [f"{self.mark}name", f"{self.mark}bytes"]

    async def once(self, path: str, body: Any, **headers: str) -> Any:
        """Asked under a key, so that the answer is remembered."""
        self._keys += 1
        headers = {"idempotency_key": f"{self.id or 'new'}-{self.mark[:2]}-{self._keys}"} | headers
        return await self.office.server.done("POST", path, body, **headers)

    async def arrive(self) -> None:
        given, surname, email, avatar = self.profile
        profile = {"givenName": given, "surname": surname, "email": email}
        profile["avatarUrl"] = f"https://pictures.example/{avatar}"
        body = {"externalId": f"{self.mark}external", "profile": profile, "metadata": {"a": f"{self.mark}metadata"}}
        self.id = (await self.once(f"{self.house.app}/users", body))["user"]["id"]
        device = json.dumps({"id": "d", "info": {"model": f"{self.mark}device"}}).encode()
        database = self.office.server.engines.database
        await database.write(rows.devices.create(self.office.server.app_id, self.id, f"d{self.id}", 0, device))
        mine: dict[str, Any] = {"type": "personal", "participants": [{"userId": self.id, "subscribeSDKClient": True}]}
        mine |= {"displayName": f"{self.mark}place", "metadata": {"topic": f"{self.mark}place"}}
        made = await self.once(f"{self.house.app}/conversations", mine)
        self.personal = f"{self.house.app}/conversations/{made['conversation']['id']}"

    async def say(self, place: str, text: str, *, business: bool = False, **content: Any) -> str:
        author = {"type": "business"} if business else {"type": "user", "userId": self.id}
        body = {"author": author, "content": {"type": "text", "text": text.title()} | content}
        return str((await self.once(f"{place}/messages", body))["messages"][0]["id"])

    async def show(self, place: str) -> str:
        raw = (
            f'--edge\r\nContent-Disposition: form-data; name="source"; filename="{self.mark}name.png"\r\n'
            f"Content-Type: image/png\r\n\r\n"
        ).encode()
        raw += PNG + f"{self.mark}bytes".encode() + b"\r\n--edge--\r\n"
        kind = "multipart/form-data; boundary=edge"
        path = f"{self.house.app}/attachments?access=public&for=message"
        self.files.append((await self.once(path, raw, content_type=kind))["attachment"]["mediaUrl"])
        return await self.say(place, "", type="image", mediaUrl=self.files[-1])


@dataclass
class Town:
    """Two people who have left something in every place: one is to be erased, and the other is not."""

    office: Office
    folder: Path
    ada: Person
    bob: Person
    group: str
    left: str
    well: Receiver
    ill: Receiver
    said: dict[str, str] = field(default_factory=dict)  # messages of Ada, by where

    async def remain(self, texts: list[str]) -> set[str]:
        return found(await pieces(self.folder / "data", self.office.database), texts)

    async def swept(self) -> None:
        """What is to be erased has been: when it was told, and two minutes have passed."""
        await self.office.once()
        await self.office.server.afterwards()
        self.ill.answer = 200
        for _ in range(3):
            self.office.server.clock.seconds += AFTER + 600
            await self.office.once()
            await self.office.server.afterwards()
        assert await rows.erasures.left(self.office.database) == 0

    async def vacuumed(self) -> None:
        data = self.folder / "data"
        tables = assemble.tables_of(Store(data, chosen.database(data)), source=True)
        try:
            await tables.rewrite(lambda _: None)
        finally:
            await tables.close()

    async def of_bob(self) -> list[Any]:
        """What the API answers of him."""
        done, app = self.office.server.done, self.ada.house.app
        own = [f"{app}/users/{self.bob.id}", self.bob.personal, f"{self.bob.personal}/messages"]
        own += [f"{app}/users/{self.bob.id}/{what}" for what in ("clients", "devices")]
        return [await done("GET", path) for path in own]


async def town(office: Office, folder: Path) -> Town:
    well, ill = await office.receiver(), await office.receiver()
    well.answer, ill.answer = echo, 503
    for receiver in (well, ill):
        await office.hook(receiver.url, *TRIGGERS, includeFullUser=True, includeFullSource=True)
    house = House(office.server)
    ada, bob = Person("qzadaz", office, house), Person("wvbobw", office, house)
    for each in (ada, bob):
        await each.arrive()
    group, left = [await house.conversation(ada.id, bob.id) for _ in range(2)]
    made = Town(office, folder, ada, bob, group, left, well, ill)
    for each in (ada, bob):
        said = {
            "personal": await each.say(each.personal, f"{each.mark}personal"),
            "answered": await each.say(each.personal, f"dear {each.mark}answered", business=True),
            "file": await each.show(each.personal),
            "group": await each.say(group, f"{each.word} {each.mark}group"),
            "left": await each.say(left, f"{each.mark}left"),
        }
        made.said = made.said or said
        button = {"type": "postback", "text": "Press", "payload": f"{each.mark}payload"}
        asked = await each.say(each.personal, "choose", business=True, actions=[button])
        press = {"author": {"type": "user", "userId": each.id}, "messageId": asked, "payload": f"{each.mark}payload"}
        ours = each.personal.replace("/v2/", "/parhelion/v1/")
        await office.server.done("POST", f"{ours}/postbacks", press)
        read = {"author": {"type": "user", "userId": each.id}, "type": "conversation:read"}
        await office.server.done("POST", f"{each.personal}/activity", read)
    await office.server.done("POST", f"{left}/leave", {"userId": ada.id})
    await office.once()
    return made


Deletion = Callable[[Town], Awaitable[list[str]]]  # what is to be gone then


async def the_user(town: Town) -> list[str]:
    await town.office.server.done("DELETE", f"{town.ada.house.app}/users/{town.ada.id}")
    return town.ada.theirs


async def their_personal_information(town: Town) -> list[str]:
    await town.office.server.done("DELETE", f"{town.ada.house.app}/users/{town.ada.id}/personalinformation")
    return town.ada.known_by


async def messages(town: Town) -> list[str]:
    for where, place in (("personal", town.ada.personal), ("file", town.ada.personal), ("group", town.group)):
        await town.office.server.done("DELETE", f"{place}/messages/{town.said[where]}")
    return ["qzadazpersonal", "qzadazgroup", town.ada.word, *town.ada.file]


async def all_messages(town: Town) -> list[str]:
    for place in (town.ada.personal, town.left):
        await town.office.server.done("DELETE", f"{place}/messages")
    return ["qzadazpersonal", "qzadazanswered", "qzadazpayload", "qzadazleft", "wvbobwleft", *town.ada.file]


async def a_conversation(town: Town) -> list[str]:
    await town.office.server.done("DELETE", town.group)
    return ["qzadazgroup", "wvbobwgroup", town.ada.word, town.bob.word]


async def what_is_idle(town: Town) -> list[str]:
    server = town.office.server
    await town.ada.house.retain(3600)
    await server.done("POST", f"{town.bob.personal}/messages", HELLO)
    server.clock.seconds += 3000
    await server.done("POST", f"{town.bob.personal}/messages", HELLO)
    await town.ada.say(town.ada.personal, "later")
    await town.ada.say(town.left, "not here", business=True)
    await town.bob.say(town.group, "here")
    server.clock.seconds += 3600 - 60
    await server.done("POST", f"{town.bob.personal}/messages", HELLO)
    await server.done("POST", f"{town.group}/messages", HELLO)
    server.clock.seconds += 60
    return ["qzadazpersonal", "qzadazanswered", "qzadazpayload", "qzadazleft", "wvbobwleft", *town.ada.file]


async def the_app(town: Town) -> list[str]:
    await town.office.server.done("DELETE", town.ada.house.app)
    return [*town.ada.theirs, *town.bob.theirs]


@pytest.mark.parametrize(
    "deletion",
    [the_user, their_personal_information, messages, all_messages, a_conversation, what_is_idle, the_app],
    ids=lambda deletion: deletion.__name__,
)
def test_no_byte_of_what_is_deleted_is_left(tell: Tell, tmp_path: Path, deletion: Deletion) -> None:
    async def story(office: Office) -> None:
        here = await town(office, tmp_path)
        everything = [*here.ada.theirs, *here.bob.theirs]
        assert await here.remain(everything) == set(everything), "or the search finds nothing"
        before = await here.of_bob()
        gone = await deletion(here)
        if not chosen.has_rows():  # there rows are looked at, and some go at once
            assert await here.remain(gone) == set(gone)
        await here.swept()
        await here.vacuumed()
        assert await here.remain(gone) == set()
        stay = set(everything) - set(gone)
        assert await here.remain(list(stay)) == stay
        if deletion not in {the_app, what_is_idle}:
            assert await here.of_bob() == before

    tell(story)


async def events(office: Office) -> dict[str, list[Any]]:
    """The payloads of those that are kept, by type."""
    kept: dict[str, list[Any]] = {}
    for type, body in await office.database.read_all("select type, body from event order by position", {}):
        kept.setdefault(type, []).append(json.loads(body)["payload"])
    return kept


async def later(office: Office, seconds: float = AFTER) -> None:
    office.server.clock.seconds += seconds
    await office.server.afterwards()


def test_whoever_is_well_has_been_told_and_whoever_is_not_is_told_no_more(tell: Tell) -> None:
    async def story(office: Office) -> None:
        ill = await office.receiver()
        ill.answer = 503
        hook = await office.hook(ill.url, "conversation:message", "conversation:remove")
        house = House(office.server)
        place, other = await house.conversation(), await house.conversation()
        for each in (place, other):
            await house.say(each, text="hello")
        await office.once()
        await office.server.done("DELETE", place)
        await later(office, AFTER - 0.01)
        assert len(await office.waiting(hook)) == 3, "there is time to tell it"
        await later(office, 0.01)
        told = [(each["type"], each["attempts"]) for each in await office.waiting(hook)]
        assert told == [("conversation:message", 1), ("conversation:remove", 0)]
        ill.answer = 200
        office.server.clock.seconds += 3600
        await office.once()
        assert {got.json["events"][0]["type"] for got in ill.got[2:]} == {type for type, _ in told}

    tell(story)


def test_that_somebody_is_gone_is_told_in_full_first_and_then_kept_with_an_id_alone(tell: Tell) -> None:
    async def story(office: Office) -> None:
        ill = await office.receiver()
        ill.answer = 503
        hook = await office.hook(ill.url, "user:remove")
        app = House(office.server).app
        ada = (await office.server.done("POST", f"{app}/users", {"externalId": "ada"}))["user"]["id"]
        await office.server.done("DELETE", f"{app}/users/ada")
        await office.once()
        await later(office)
        assert (await events(office))["user:remove"][0]["user"]["externalId"] == "ada"
        ill.answer = 200
        await later(office)
        await office.once()
        assert ill.got[-1].json["events"][0]["payload"]["user"]["externalId"] == "ada"
        await later(office)
        assert (await events(office))["user:remove"] == [{"user": {"id": ada}}]
        assert await rows.erasures.left(office.database) == 0
        [event] = {got.event for got in ill.got}
        path = f"/parhelion/v1/apps/{office.server.app_id}/webhooks/{hook['id']}/deliveries/{event}/replay"
        await office.server.done("POST", path)
        await office.once()
        assert ill.got[-1].json["events"][0]["payload"] == {"user": {"id": ada}}

    tell(story)


def test_who_is_told_while_it_goes_leaves_no_answer(tell: Tell) -> None:
    async def story(office: Office) -> None:
        slow = await office.receiver()
        hook = await office.hook(slow.url, "conversation:message", includeFullUser=True)
        house = House(office.server)
        ada = (await office.server.done("POST", f"{house.app}/users", {"profile": {"givenName": "Ada"}}))["user"]["id"]
        place, group = await house.conversation(ada), await house.conversation(ada)
        await house.say(place, ada)
        await house.say(group, ada)
        await office.server.done("DELETE", place)
        await office.server.done("DELETE", f"{house.app}/users/{ada}/personalinformation")

        async def meanwhile(got: Got) -> str:
            slow.answer = echo
            await later(office)
            return await echo(got)

        slow.answer = meanwhile
        await office.once()
        for _ in range(2):
            await later(office)
            await office.once()
        assert "Ada" not in json.dumps(await office.waiting(hook, "pending", "failed", "delivered"))
        assert "Ada" not in json.dumps(await events(office))
        last = slow.got[-1].json["events"][0]["payload"]["message"]["author"]
        assert last["user"]["profile"] == {}
        assert "displayName" not in last, "it was sent once more, without"

    tell(story)


def test_what_looks_like_somebody_is_nobody(tell: Tell) -> None:
    """Metadata, names and texts may say whatever they like."""

    async def story(office: Office) -> None:
        house = House(office.server)
        ada = await house.user()
        like = {"user": ada, "userId": ada}
        profile = {"givenName": ada, "surname": "Lovelace"}
        made = await office.server.done("POST", f"{house.app}/users", {"profile": profile, "metadata": like})
        bob = made["user"]["id"]
        group = await house.conversation(ada, bob)
        await house.say(group, bob, text=json.dumps({"author": {"userId": ada}, "id": ada}))
        body = {"author": {"type": "business", "displayName": ada}, "content": {"type": "text", "text": "hi"}}
        await office.server.done("POST", f"{group}/messages", body | {"metadata": like}, idempotency_key="a")
        kept = await events(office)
        messages = (await office.server.done("GET", f"{group}/messages"))["messages"]
        await office.server.done("DELETE", f"{house.app}/users/{ada}/personalinformation")
        await office.server.done("DELETE", f"{house.app}/users/{ada}")
        await later(office)
        assert (await office.server.done("GET", f"{group}/messages"))["messages"] == messages
        assert (await events(office))["conversation:message"] == kept["conversation:message"]
        assert (await office.server.ask("POST", f"{group}/messages", body | {"metadata": like}, idempotency_key="a"))[
            0
        ] == 201

    tell(story)


def test_a_request_that_comes_again_after_its_answer_was_erased_is_not_carried_out_again(tell: Tell) -> None:
    async def story(office: Office) -> None:
        house = House(office.server)
        place = await house.conversation()
        said, kept = [
            await office.server.done("POST", f"{place}/messages", HELLO, idempotency_key=key) for key in ("a", "b")
        ]
        await office.server.done("DELETE", f"{place}/messages/{said['messages'][0]['id']}")
        assert await office.server.done("POST", f"{place}/messages", HELLO, idempotency_key="a") == said
        await later(office)
        status, answer = await office.server.ask("POST", f"{place}/messages", HELLO, idempotency_key="a")
        assert (status, answer["errors"][0]["code"]) == (404, "not_found")
        assert "erased" in answer["errors"][0]["title"]
        assert await office.server.done("POST", f"{place}/messages", HELLO, idempotency_key="b") == kept
        assert len(await office.server.walk(f"{place}/messages")) == 1

    tell(story)


def test_what_a_user_has_said_in_a_group_that_they_have_left_goes_with_them(tell: Tell) -> None:
    async def story(office: Office) -> None:
        house = House(office.server)
        ada, bob = await house.user(), await house.user()
        group = await house.conversation(ada, bob)
        stays = await house.say(group, bob)
        await house.say(group, ada)
        await office.server.done("POST", f"{group}/leave", {"userId": ada})
        await office.server.done("DELETE", f"{house.app}/users/{ada}")
        await later(office)
        assert await office.server.walk(f"{group}/messages") == [stays]
        assert len((await events(office))["conversation:message"]) == 1

    tell(story)


def test_a_forgotten_name_is_in_no_message_and_finds_none(tell: Tell) -> None:
    async def story(office: Office) -> None:
        house = House(office.server)
        profile = {"profile": {"givenName": "Zephyrine"}}
        ada = (await office.server.done("POST", f"{house.app}/users", profile))["user"]["id"]
        group = await house.conversation(ada)
        said = await house.say(group, ada, text="hello there")
        search = f"/parhelion/v1/apps/{office.server.app_id}/search?query="
        assert len((await office.server.done("GET", f"{search}zephyrine"))["results"]) == 1
        await office.server.done("DELETE", f"{house.app}/users/{ada}/personalinformation")
        await later(office)
        assert (await office.server.done("GET", f"{search}zephyrine"))["results"] == []
        assert len((await office.server.done("GET", f"{search}there"))["results"]) == 1
        [message] = (await office.server.done("GET", f"{group}/messages"))["messages"]
        assert (message["id"], message["author"]) == (said, {"type": "user", "userId": ada})

    tell(story)


def test_what_cannot_be_read_holds_nothing_up(tell: Tell) -> None:
    async def story(office: Office) -> None:
        house = House(office.server)
        places = [await house.conversation() for _ in range(3)]
        ids = [place.rpartition("/")[2] for place in places]
        for number, body in enumerate((b"{", b"[]", b'{"payload": 1}', b"\xff", b"[" * 5000, b'{"payload": {}}')):
            await office.tell(ids[number % 2], body=body)
        await office.database.write(
            Write("x", (Step("update answered set body = :body where about = :id"),), {"id": ids[0], "body": b"{"})
        )
        for place in places:
            await house.say(place)
            await office.server.done("DELETE", place)
        await later(office)
        await later(office)
        assert set(await events(office)) == {"conversation:remove"}
        assert await rows.erasures.left(office.database) == 0

    tell(story)


class Cut(BaseException):
    """As when a process ends."""


def test_an_erasure_that_is_cut_off_anywhere_is_done_by_the_next(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(office: Office) -> None:
        house = House(office.server)
        ada, bob = await house.user(), await house.user()
        group, place = await house.conversation(ada, bob), await house.conversation(ada)
        for number in range(8):
            await house.say(group, ada if number % 2 else bob)
            await house.say(place, ada)
        await office.server.done("DELETE", f"{house.app}/users/{ada}")
        await office.server.done("DELETE", place)
        office.server.clock.seconds += AFTER
        real, steps = office.database.write, 0

        def stops_after(several: int) -> None:
            async def write(change: Any) -> Any:
                nonlocal several
                if not several:
                    raise Cut
                done = await real(change)
                several -= 1  # what is refused is no step
                return done

            monkeypatch.setattr(office.database, "write", write)

        while True:
            stops_after(1)
            steps += 1
            try:
                await office.server.afterwards()
            except Cut:
                continue
            break
        monkeypatch.setattr(office.database, "write", real)
        assert steps > 5
        kept = await events(office)
        assert len(kept["conversation:message"]) == 4
        assert {each["message"]["author"]["userId"] for each in kept["conversation:message"]} == {bob}
        assert await rows.erasures.left(office.database) == 0

    tell(story)


def test_several_processes_erase_at_once(tell: Tell, tmp_path: Path) -> None:
    async def story(office: Office) -> None:
        async with inside(tmp_path / "data", office.server.clock) as other:
            house = House(office.server)
            ada, bob = await house.user(), await house.user()
            groups = [await house.conversation(ada, bob) for _ in range(3)]
            for group in groups:
                for number in range(10):
                    await house.say(group, ada if number % 2 else bob)
            await office.server.done("DELETE", f"{house.app}/users/{ada}")
            office.server.clock.seconds += AFTER
            await asyncio.gather(*[each.afterwards() for each in (office.server, other, office.server, other)])
            assert len((await events(office))["conversation:message"]) == 15
            assert await rows.erasures.left(office.database) == 0

    tell(story)


def test_whoever_speaks_while_they_are_deleted_leaves_nothing(tell: Tell) -> None:
    async def story(office: Office) -> None:
        house = House(office.server)
        ada, bob = await house.user(), await house.user()
        group, mine = await house.conversation(ada, bob), await house.conversation(ada, type="personal")
        said = {"author": {"type": "user", "userId": ada}, "content": {"type": "text", "text": "quickly"}}
        read = {"author": {"type": "user", "userId": ada}, "type": "conversation:read"}
        asked = [
            office.server.ask("POST", f"{place}/{what}", body, idempotency_key=f"{number}-{what}-{place[-3:]}")
            for number in range(8)
            for place in (group, mine)
            for what, body in (("messages", said), ("activity", read))
        ]
        deletion = office.server.ask("DELETE", f"{house.app}/users/{ada}")
        await asyncio.gather(*asked[:16], deletion, *asked[16:])
        await later(office)
        kept = await events(office)
        assert [type for type, payloads in kept.items() if ada in json.dumps(payloads)] == ["user:remove"]
        for table in ("message", "answered"):
            bodies = await office.database.read_all(f"select body from {table}", {})
            assert not any(ada in bytes(body).decode() and b"quickly" in bytes(body) for (body,) in bodies)

    tell(story)

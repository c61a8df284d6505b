"""What is deleted is gone: from events, deliveries, answers and words, and after a vacuum from every file."""

from __future__ import annotations

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
from parhelion.wire import TRIGGERS
from tests.engines import chosen
from tests.server.house import PNG, House
from tests.server.receiving import Got, Office, Receiver, Tell, tell_in
from tests.server.remains import found, pieces

AFTER = rows.erasures.AFTER / 1000
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
        mine = {"type": "personal", "participants": [{"userId": self.id, "subscribeSDKClient": True}]}
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

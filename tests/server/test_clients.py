"""Clients: a channel that is asked for is checked, kept as pending, listed page by page, and taken away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from parhelion import (
    Client,
    ClientCreate,
    ClientNotFound,
    Confirmation,
    MatchCriteriaWhatsapp,
    Page,
    Target,
)
from parhelion.server.ports import Step, Write
from tests.inside import Inside, inside
from tests.live import Answer, Caller

NOWHERE = "6553f1000000000000000000"
CHANNELS = {
    "whatsapp": {},
    "twilio": {"accountSid": "AC1", "authToken": "t", "phoneNumberSid": "PN1"},
    "messagebird": {"accessKey": "k", "signingKey": "s", "originator": "1"},
    "mailgun": {"apiKey": "k", "domain": "example.org", "incomingAddress": "in@example.org"},
}


@dataclass
class Ada:
    """A user with a personal conversation, in an app with an integration of each kind that can be linked."""

    app: Caller
    id: str
    conversation: str
    integrations: dict[str, str]

    @property
    def path(self) -> str:
        return f"{self.app.app}/users/{self.id}/clients"

    def request(self, type: str = "whatsapp", conversation: str = "", **criteria: Any) -> dict[str, Any]:
        address = {"address": "steveb@channel5.com"} if type == "mailgun" else {"phoneNumber": "+1 212-555-2368"}
        said = {"type": type, "integrationId": self.integrations[type], **address, **criteria}
        target = {"conversationId": conversation or self.conversation}
        return {"matchCriteria": said, "confirmation": {"type": "immediate"}, "target": target}

    def link(self, *said: str, **criteria: Any) -> Answer:
        return self.app.post(self.path, self.request(*said, **criteria))

    def clients(self) -> list[dict[str, Any]]:
        return self.app.get(self.path).json["clients"]


@pytest.fixture
def ada(app: Caller) -> Ada:
    id = app.user(externalId="ada")
    made = {
        type: app.post(f"{app.app}/integrations", {"type": type, **said}).json["integration"]["id"]
        for type, said in CHANNELS.items()
    }
    return Ada(app, id, app.conversation(id, type="personal"), made)


def told(answer: Answer) -> tuple[int, str, list[str]]:
    return answer.status, answer.codes[0], answer.titles


@pytest.mark.parametrize("type", CHANNELS)
def test_a_channel_that_is_asked_for_is_pending(ada: Ada, type: str) -> None:
    answer = ada.link(type, primary=False)
    assert answer.status == 201
    client = answer.json["client"]
    assert client == {
        "id": client["id"],
        "type": type,
        "status": "pending",
        "integrationId": ada.integrations[type],
        "externalId": "steveb@channel5.com" if type == "mailgun" else "+12125552368",
    }
    assert ada.clients() == [client]


@pytest.mark.parametrize("confirmation", ["immediate", "userActivity", "prompt"])
def test_nothing_is_said_in_the_conversation(ada: Ada, confirmation: str) -> None:
    link = {"type": "link", "text": "Read", "uri": "https://example.org"}
    message = {"author": {"type": "business"}, "content": {"type": "text", "text": "Is this you?", "actions": [link]}}
    body = ada.request() | {"confirmation": {"type": confirmation, "message": message}}
    before = ada.app.get(f"{ada.app.app}/conversations/{ada.conversation}").json
    assert ada.app.post(ada.path, body).status == 201
    assert ada.app.get(ada.app.messages(ada.conversation)).json["messages"] == []
    assert ada.app.get(f"{ada.app.app}/conversations/{ada.conversation}").json == before
    participants = ada.app.get(f"{ada.app.app}/conversations/{ada.conversation}/participants").json["participants"]
    assert participants[0]["clientAssociations"] == [], "nobody is reached there yet"


def test_every_fault_of_a_request_is_told_with_its_place(ada: Ada) -> None:
    message = {"author": {"type": "business"}, "content": {"type": "location", "coordinates": {"lat": 1, "long": 1}}}
    body = ada.request(phoneNumber="212 555 2368") | {"confirmation": {"type": "prompt", "message": message}}
    assert told(ada.app.post(ada.path, body)) == (
        400,
        "bad_request",
        [
            "matchCriteria.phoneNumber: should be a phone number with + and the country's code",
            "confirmation.message.content.type: should be one of text, image",
        ],
    )
    assert ada.clients() == []


@pytest.mark.parametrize(
    ("wrong", "title"),
    [
        ({"matchCriteria": {"type": "line", "integrationId": "i"}}, "matchCriteria: should be one of "),
        (
            {"matchCriteria": {"type": "whatsapp", "phoneNumber": "+1"}},
            "matchCriteria: should have required",
        ),
        (
            {"matchCriteria": {"type": "mailgun", "integrationId": "i"}},
            "matchCriteria: should have required",
        ),
        ({"confirmation": {}}, "confirmation: should have required property 'type'"),
        ({"confirmation": {"type": "never"}}, "confirmation.type: should be one of immediate, userActivity, prompt"),
        ({"target": {}}, "target: should have required property 'conversationId'"),
        ({"target": None}, "target: should be an object, not null"),
    ],
)
def test_a_malformed_request_is_refused(ada: Ada, wrong: dict[str, Any], title: str) -> None:
    status, code, titles = told(ada.app.post(ada.path, ada.request() | wrong))
    assert (status, code) == (400, "bad_request")
    assert titles[0].startswith(title)
    assert ada.clients() == []


def test_what_a_channel_is_linked_to_must_be_there(ada: Ada, account: Caller) -> None:
    app = ada.app
    other = Caller(
        app.url, account.key_id, account.secret, account.post("/v2/apps", {"displayName": "x"}).json["app"]["id"]
    )
    stranger = other.user()
    foreign = other.conversation(stranger, type="personal")
    theirs = other.post(f"{other.app}/integrations", {"type": "whatsapp"}).json["integration"]["id"]
    assert told(ada.link(integrationId=NOWHERE)) == (404, "integration_not_found", ["Integration not found"])
    assert ada.link(integrationId=theirs).codes == ["integration_not_found"]
    assert ada.link("whatsapp", NOWHERE).codes == ["conversation_not_found"]
    assert ada.link("whatsapp", foreign).codes == ["conversation_not_found"]
    assert app.post(f"{app.app}/users/{stranger}/clients", ada.request()).codes == ["user_not_found"]
    assert ada.clients() == []


def test_what_a_channel_is_linked_to_must_fit(ada: Ada) -> None:
    app, eve = ada.app, ada.app.user()
    cases = [
        (
            ada.link(integrationId=ada.integrations["twilio"]),
            "matchCriteria.integrationId: should be an integration of type whatsapp",
        ),
        (
            ada.link("whatsapp", app.conversation(eve, type="personal")),
            "target.conversationId: the user is not a participant of the conversation",
        ),
        (ada.link("whatsapp", app.conversation(ada.id)), "target.conversationId: should be a personal conversation"),
    ]
    for answer, title in cases:
        assert told(answer) == (400, "bad_request", [title])
    assert ada.clients() == []


def test_one_address_is_one_client_of_a_user_on_an_integration(ada: Ada) -> None:
    app = ada.app
    assert ada.link().status == 201
    again = ada.link(phoneNumber="+12125552368")
    assert told(again) == (409, "conflict", ["Client already exists"])
    assert ada.link(phoneNumber="+12125552369").status == 201
    assert ada.link("twilio").status == 201
    eve = app.user()
    theirs = Ada(app, eve, app.conversation(eve, type="personal"), ada.integrations)
    made = theirs.link()
    assert made.status == 201, "whose it is will be seen when the channel is reached"
    assert theirs.clients() == [made.json["client"]]
    assert ada.link("mailgun", address="A@b.c").status == 201
    assert ada.link("mailgun", address="a@B.C").status == 409


def test_clients_are_listed_page_by_page_and_links_lead_through_them(ada: Ada) -> None:
    made = [ada.link(phoneNumber=f"+1212555{number:04}").json["client"] for number in range(7)]
    path = f"{ada.path}?page[size]=3"
    walked = []
    while path:
        answer = ada.app.get(path)
        walked.append(answer.json["clients"])
        path = answer.json.get("links", {}).get("next", "").removeprefix(ada.app.url)
    assert walked == [made[:3], made[3:6], made[6:]]
    back = ada.app.get(answer.json["links"]["prev"].removeprefix(ada.app.url)).json
    assert (back["clients"], back["meta"]["hasMore"]) == (made[3:6], True)
    assert ada.app.get(f"{ada.path}?page[before]={NOWHERE}&page[after]={NOWHERE}").status == 400
    assert ada.app.get(f"{ada.path}?page[after]=x").status == 400


def test_links_keep_the_brand_and_the_name_of_the_user(ada: Ada) -> None:
    app, name = ada.app, 'a/b "é"'
    eve = app.user(externalId=name, brandId="7 & 8")
    theirs = Ada(app, eve, app.conversation(eve, type="personal"), ada.integrations)
    made = [theirs.link(phoneNumber=f"+1212555{number:04}").json["client"] for number in range(2)]
    path = f"{app.app}/users/{quote(name, safe='')}/clients?brandId={quote('7 & 8')}&page[size]=1"
    first = app.get(path).json
    assert first["clients"] == made[:1]
    assert app.get(first["links"]["next"].removeprefix(app.url)).json["clients"] == made[1:]


def test_a_program_meets_all_clients(ada: Ada) -> None:
    app = ada.app
    with Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client:
        target = Target(conversation_id=ada.conversation)
        for number in range(3):
            criteria = MatchCriteriaWhatsapp(
                integration_id=ada.integrations["whatsapp"], phone_number=f"+1212555000{number}"
            )
            body = ClientCreate(match_criteria=criteria, confirmation=Confirmation(type="prompt"), target=target)
            assert client.clients.create("ada", body).client.status == "pending"
        met = list(client.clients.iterate("ada", page=Page(size=2)))
        assert [each.external_id for each in met] == [f"+1212555000{number}" for number in range(3)]
        client.clients.remove("ada", met[0].id)
        with pytest.raises(ClientNotFound):
            client.clients.remove("ada", met[0].id)


def test_a_removed_client_is_gone(ada: Ada) -> None:
    first, second = (ada.link(type).json["client"] for type in ("whatsapp", "twilio"))
    assert ada.app.delete(f"{ada.path}/{first['id']}").json == {}
    assert ada.clients() == [second]
    again = ada.app.delete(f"{ada.path}/{first['id']}")
    assert told(again) == (404, "client_not_found", ["Client not found"])
    assert ada.link("whatsapp").status == 201, "its address is free again"


def test_a_client_of_somebody_else_is_not_removed(ada: Ada) -> None:
    client = ada.link().json["client"]
    eve = ada.app.user()
    assert ada.app.delete(f"{ada.app.app}/users/{eve}/clients/{client['id']}").codes == ["client_not_found"]
    assert ada.clients() == [client]


def test_the_client_of_the_sdks_stays(ada: Ada) -> None:
    app = ada.app
    group = app.conversation()
    app.post(f"{app.app}/conversations/{group}/join", {"userId": ada.id, "subscribeSDKClient": True})
    [client] = ada.clients()
    assert client["type"] == "sdk"
    refused = app.delete(f"{ada.path}/{client['id']}")
    assert told(refused) == (400, "bad_request", ["Cannot remove a client of type 'sdk'"])
    assert ada.clients() == [client]
    [participant] = app.get(f"{app.app}/conversations/{group}/participants").json["participants"]
    assert participant["clientAssociations"] == [{"type": "sdk", "clientId": client["id"]}]


# -- what happens at the same time, and what cannot be seen from outside ---------------------------------------------


class Linking:
    """A user with a personal conversation and an integration, in-process."""

    def __init__(self, server: Inside) -> None:
        self.server, self.app = server, f"/v2/apps/{server.app_id}"

    async def begin(self) -> Linking:
        channel = await self.server.done("POST", f"{self.app}/integrations", {"type": "whatsapp"})
        self.channel = channel["integration"]["id"]
        self.user = (await self.server.done("POST", f"{self.app}/users", {}))["user"]["id"]
        body = {"type": "personal", "participants": [{"userId": self.user}]}
        made = await self.server.done("POST", f"{self.app}/conversations", body)
        self.conversation = made["conversation"]["id"]
        self.path = f"{self.app}/users/{self.user}/clients"
        return self

    async def link(self, phone: str = "+12125552368") -> tuple[int, Any]:
        criteria = {"type": "whatsapp", "integrationId": self.channel, "phoneNumber": phone}
        target = {"conversationId": self.conversation}
        body = {"matchCriteria": criteria, "confirmation": {"type": "immediate"}, "target": target}
        return await self.server.ask("POST", self.path, body)


def run(tmp_path: Path, story: Callable[[Inside], Coroutine[Any, Any, None]]) -> None:
    async def told() -> None:
        async with inside(tmp_path) as server:
            await story(server)

    asyncio.run(told())


def test_of_many_at_once_one_is_made(tmp_path: Path) -> None:
    async def story(server: Inside) -> None:
        ada = await Linking(server).begin()
        answers = await asyncio.gather(*(ada.link() for _ in range(8)))
        assert sorted(status for status, _ in answers) == [201] + [409] * 7
        assert await server.count("client") == 1

    run(tmp_path, story)


@pytest.mark.parametrize("gone", ["user", "integration"])
def test_no_client_is_made_for_what_goes_meanwhile(tmp_path: Path, gone: str) -> None:
    async def story(server: Inside) -> None:
        ada = await Linking(server).begin()
        path = f"{ada.app}/users/{ada.user}" if gone == "user" else f"{ada.app}/integrations/{ada.channel}"
        (deleted, _), *answers = await asyncio.gather(
            server.ask("DELETE", path), *(ada.link(f"+1212555236{number}") for number in range(5))
        )
        assert deleted == 200
        codes = {answer["errors"][0]["code"] for status, answer in answers if status != 201}
        # A user's personal conversation goes with the user: either may be what is missed first.
        assert codes <= {f"{gone}_not_found", "conversation_not_found"}
        await server.afterwards()
        assert await server.count("client") == 0

    run(tmp_path, story)


def test_a_client_leaves_its_conversations_when_it_is_removed(tmp_path: Path) -> None:
    associate = Step(
        """
        insert into client_association (app_id, conversation_id, user_id, client_id)
        values (:app, :conversation, :user, :client)"""
    )

    async def story(server: Inside) -> None:
        ada, eve = [await Linking(server).begin() for _ in range(2)]
        clients: list[str] = []
        for each in (ada, eve):
            _, answer = await each.link()
            clients.append(answer["client"]["id"])
            values = {"app": server.app_id, "conversation": each.conversation, "user": each.user}
            await server.engines.database.write(Write(each.user, (associate,), values | {"client": clients[-1]}))
        await server.done("DELETE", f"{ada.path}/{clients[0]}")
        for each, left in ((ada, []), (eve, [{"type": "whatsapp", "clientId": clients[1]}])):
            answer = await server.done("GET", f"{each.app}/conversations/{each.conversation}/participants")
            assert answer["participants"][0]["clientAssociations"] == left
        assert await server.count("client_association") == 1

    run(tmp_path, story)

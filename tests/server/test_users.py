"""Users: what is said of them stays, changes key by key, is forgotten, and goes with all that is theirs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from parhelion import Client, Profile, ProfileUpdate, UserListFilter, UserNotFound, UserUpdateBody
from parhelion.server import rows
from parhelion.server.ports import Step, Write
from tests.inside import Inside, inside
from tests.live import Answer, Caller

ADA = {
    "externalId": "ada",
    "signedUpAt": "2020-05-21T15:53:30.197Z",
    "toBeRetained": True,
    "profile": {
        "givenName": "Ada",
        "surname": "Lovelace",
        "email": "Ada@Example.org",
        "avatarUrl": "https://example.org/ada.png",
        "locale": "en-GB",
    },
    "metadata": {"tier": "gold", "visits": 3, "trial": False},
}
NOWHERE = "6553f1000000000000000000"
GONE = (404, ["user_not_found"])
Story = Callable[[Inside], Coroutine[Any, Any, None]]
Tell = Callable[[Story], None]


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    def run(story: Story) -> None:
        async def told() -> None:
            async with inside(tmp_path / "data") as server:
                await story(server)

        asyncio.run(told())

    return run


@pytest.fixture
def other(account: Caller) -> Caller:
    """Somebody with another app."""
    made = account.post("/v2/apps", {"displayName": "other"}).json["app"]["id"]
    return Caller(account.url, account.key_id, account.secret, made)


@pytest.fixture
def ada(app: Caller) -> str:
    """The path of a user of whom everything is known."""
    assert app.post(f"{app.app}/users", ADA).status == 201
    return f"{app.app}/users/ada"


def change(app: Caller, path: str, body: Any) -> Answer:
    return app.send("PATCH", path, body)


def refused(answer: Answer) -> tuple[int, list[str]]:
    return answer.status, answer.codes


def with_email(app: Caller, email: str, more: str = "") -> list[str]:
    answer = app.get(f"{app.app}/users?filter[identities.email]={quote(email)}{more}")
    assert answer.status == 200, answer
    assert set(answer.json) == {"users"}, "there are no pages"
    return [user["id"] for user in answer.json["users"]]


# -- who is who ------------------------------------------------------------------------------------------------------


def test_a_user_comes_back_as_it_was_answered(app: Caller) -> None:
    answer = app.post(f"{app.app}/users", ADA | {"brandId": "7"})
    assert answer.status == 201
    user = answer.json["user"]
    identities = [{"type": "email", "value": "Ada@Example.org"}]
    assert user == {"id": user["id"], "brandId": "7", "identities": identities, **ADA}
    assert app.get(f"{app.app}/users/{user['id']}").json == answer.json
    assert app.get(f"{app.app}/users/ada?brandId=7").json == answer.json


def test_a_user_of_whom_nothing_is_said_is_empty_and_signed_up_now(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        made = await server.done("POST", f"/v2/apps/{server.app_id}/users", {})
        del made["user"]["id"]
        assert made["user"] == {
            "signedUpAt": "2023-11-14T22:13:20.000Z",
            "profile": {},
            "metadata": {},
            "identities": [],
        }

    tell(story)


def test_an_external_id_is_taken_once_in_an_app_and_a_brand(app: Caller, other: Caller, ada: str) -> None:
    again = app.post(f"{app.app}/users", {"externalId": "ada"})
    assert (*refused(again), again.titles) == (409, ["conflict"], ["User already exists"])
    branded = app.user(externalId="ada", brandId="7")
    assert app.post(f"{app.app}/users", {"externalId": "ada", "brandId": "7"}).status == 409
    assert app.get(f"{ada}?brandId=7").json["user"]["id"] == branded != app.get(ada).json["user"]["id"]
    assert refused(app.get(f"{ada}?brandId=8")) == GONE
    assert other.user(externalId="ada")


def test_of_many_at_once_one_gets_the_external_id(app: Caller) -> None:
    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda _: app.post(f"{app.app}/users", {"externalId": "x"}), range(16)))
    assert sorted(answer.status for answer in answers) == [201] + [409] * 15


def test_an_id_wins_over_an_external_id_that_looks_like_it(app: Caller) -> None:
    first = app.user()
    second = app.user(externalId=first)
    assert app.get(f"{app.app}/users/{first}").json["user"]["id"] == first
    assert app.delete(f"{app.app}/users/{first}").status == 200
    assert app.get(f"{app.app}/users/{first}").json["user"]["id"] == second


def test_an_external_id_may_hold_anything(app: Caller) -> None:
    name = 'a/b?c#d "é" %2F ☀'
    id = app.user(externalId=name)
    path = f"{app.app}/users/{quote(name, safe='')}"
    assert app.get(path).json["user"]["id"] == id
    assert change(app, path, {"toBeRetained": True}).json["user"]["externalId"] == name
    assert app.delete(path).status == 200


OPERATIONS = [
    ("GET", "", None),
    ("PATCH", "", {}),
    ("DELETE", "", None),
    ("DELETE", "/personalinformation", None),
    ("GET", "/clients", None),
    ("DELETE", f"/clients/{NOWHERE}", None),
    ("GET", "/devices", None),
    ("GET", f"/devices/{NOWHERE}", None),
]


@pytest.mark.parametrize(("method", "rest", "body"), OPERATIONS)
def test_a_user_of_nowhere_or_of_another_app_is_not_found(
    app: Caller, other: Caller, ada: str, method: str, rest: str, body: Any
) -> None:
    before = app.get(ada).json
    id = before["user"]["id"]
    for path in (f"{app.app}/users/{NOWHERE}", f"{other.app}/users/{id}", f"{other.app}/users/ada", f"{ada}x"):
        caller = app if path.startswith(app.app) else other
        assert refused(caller.send(method, path + rest, body)) == GONE, path
    assert refused(app.send(method, f"{ada}{rest}?brandId=7", body)) == GONE
    assert app.get(ada).json == before


def test_an_email_with_a_line_break_behind_it_is_refused(app: Caller, ada: str) -> None:
    profile = {"email": "ada@example.org\n"}
    for answer in (app.post(f"{app.app}/users", {"profile": profile}), change(app, ada, {"profile": profile})):
        assert refused(answer) == (400, ["bad_request"])
        assert answer.titles == ["profile.email: is not well-formed"]


# -- by email --------------------------------------------------------------------------------------------------------


def test_users_are_found_by_their_email_in_whatever_case(app: Caller, other: Caller, ada: str) -> None:
    id = app.get(ada).json["user"]["id"]
    second = app.user(profile={"email": "ADA@example.org"})
    app.user(profile={"email": "ada@example.org.uk"})
    app.user()
    assert with_email(app, "ada@EXAMPLE.org") == [id, second], "oldest first"
    assert with_email(app, "nobody@example.org") == []
    assert with_email(app, "ada@example") == []
    assert with_email(other, "ada@example.org") == []


def test_nobody_is_found_by_having_no_email(app: Caller) -> None:
    app.user()
    assert with_email(app, "") == []


def test_a_brands_users_are_found_within_the_brand(app: Caller) -> None:
    plain = app.user(profile={"email": "a@b.c"})
    branded = app.user(brandId="7", profile={"email": "a@b.c"})
    assert with_email(app, "a@b.c") == [plain]
    assert with_email(app, "a@b.c", "&brandId=7") == [branded]
    assert with_email(app, "a@b.c", "&brandId=8") == []


def test_the_filter_may_be_json(app: Caller, ada: str) -> None:
    written = quote(json.dumps({"identities.email": "ada@example.org"}))
    assert len(app.get(f"{app.app}/users?filter={written}").json["users"]) == 1


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "should have required property 'filter'"),
        ("?filter={}", "filter: should have required property 'identities.email'"),
        ("?filter[email]=a@b.c", "filter[email]: is not known"),
        ("?filter[identities.email]=a@b.c&filter[name]=x", "filter[name]: is not known"),
        ("?filter=a@b.c", "filter: should be an object, not a string"),
    ],
)
def test_a_list_without_an_email_to_look_for_is_refused(app: Caller, query: str, title: str) -> None:
    answer = app.get(f"{app.app}/users{query}")
    assert (*refused(answer), answer.titles) == (400, ["bad_request"], [title])


# -- changes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({}, {}),
        ({"profile": {}, "metadata": {}}, {}),
        ({"toBeRetained": False}, {"toBeRetained": False}),
        ({"signedUpAt": "2021-01-01T01:00:00+01:00"}, {"signedUpAt": "2021-01-01T00:00:00.000Z"}),
        ({"signedUpAt": "2021-01-01T00:00:00.1239Z"}, {"signedUpAt": "2021-01-01T00:00:00.124Z"}),
        ({"profile": {"surname": "King"}}, {"profile": ADA["profile"] | {"surname": "King"}}),
        ({"profile": None}, {"profile": {}, "identities": []}),
        ({"metadata": None}, {"metadata": {}}),
        ({"metadata": {"tier": None, "new": 1.5}}, {"metadata": {"visits": 3, "trial": False, "new": 1.5}}),
        ({"metadata": {"never": None}}, {}),
        ({"externalId": "eve", "id": NOWHERE, "brandId": "9", "zendeskId": "1", "identities": []}, {}),
    ],
)
def test_what_is_absent_stays_null_takes_away_and_objects_merge(
    app: Caller, ada: str, patch: dict[str, Any], expected: dict[str, Any]
) -> None:
    before = app.get(ada).json["user"]
    answer = change(app, ada, patch)
    assert answer.status == 200
    assert answer.json == {"user": before | expected}
    assert app.get(ada).json == answer.json


@pytest.mark.parametrize("field", ["toBeRetained", "signedUpAt"])
def test_a_field_is_taken_away_by_null(app: Caller, ada: str, field: str) -> None:
    before = app.get(ada).json["user"]
    del before[field]
    assert change(app, ada, {field: None}).json["user"] == before == app.get(ada).json["user"]


@pytest.mark.parametrize("field", ADA["profile"])
def test_a_part_of_the_profile_is_taken_away_by_null(app: Caller, ada: str, field: str) -> None:
    left = {name: said for name, said in ADA["profile"].items() if name != field}
    assert change(app, ada, {"profile": {field: None}}).json["user"]["profile"] == left
    assert app.get(ada).json["user"]["profile"] == left


def test_the_identity_follows_the_email_of_the_profile(app: Caller, ada: str) -> None:
    id = app.get(ada).json["user"]["id"]
    changed = change(app, ada, {"profile": {"email": "New@example.org"}}).json["user"]
    assert changed["identities"] == [{"type": "email", "value": "New@example.org"}]
    assert (with_email(app, "ada@example.org"), with_email(app, "new@example.org")) == ([], [id])
    change(app, ada, {"profile": {"surname": "King"}})
    assert with_email(app, "new@example.org") == [id]
    assert change(app, ada, {"profile": {"email": None}}).json["user"]["identities"] == []
    assert with_email(app, "new@example.org") == []


@pytest.mark.parametrize(
    ("patch", "title"),
    [
        ({"profile": {"givenName": ""}}, "profile.givenName: should have at least 1 character"),
        ({"profile": {"surname": "x" * 129}}, "profile.surname: should have at most 128 characters"),
        ({"profile": {"email": "ada"}}, "profile.email: is not well-formed"),
        ({"profile": {"email": "a" * 125 + "@b.c"}}, "profile.email: should have at most 128 characters"),
        ({"profile": {"locale": "x" * 65}}, "profile.locale: should have at most 64 characters"),
        ({"profile": {"avatarUrl": "ftp://a.b/c"}}, "profile.avatarUrl: should be an absolute http or https address"),
        ({"profile": "Ada"}, "profile: should be an object, not a string"),
        ({"metadata": {"a": {"b": 1}}}, "metadata: should be true or false or a number or a string"),
        ({"metadata": {"a": "x" * 4096}}, "User metadata is limited to 4096 bytes in size."),
        ({"toBeRetained": "yes"}, "toBeRetained: should be true or false, not a string"),
        ({"signedUpAt": "yesterday"}, "signedUpAt: should be a date-time such as 2026-01-31T12:00:00Z"),
        ({"signedUpAt": "0001-01-01T00:00:00+09:00"}, "signedUpAt: should be a moment of the years 1 to 9999 in UTC"),
        ([], "should be an object, not an array"),
        (None, None),
    ],
)
def test_a_change_outside_the_limits_is_refused_and_changes_nothing(
    app: Caller, ada: str, patch: Any, title: str | None
) -> None:
    before = app.get(ada).json
    patch = patch | {"toBeRetained": False} if isinstance(patch, dict) and "toBeRetained" not in patch else patch
    answer = app.send("PATCH", ada, json.dumps(patch).encode(), {"content-type": "application/json"})
    assert refused(answer) == (400, ["bad_request"])
    assert title is None or answer.titles[0].startswith(title)
    assert app.get(ada).json == before


def test_every_fault_of_a_change_is_told(app: Caller, ada: str) -> None:
    answer = change(app, ada, {"profile": {"givenName": "", "email": "x"}, "toBeRetained": 1, "metadata": 7})
    assert [title.partition(":")[0] for title in answer.titles] == [
        "toBeRetained",
        "profile.givenName",
        "profile.email",
        "metadata",
    ]


def test_metadata_is_measured_once_the_change_is_in_it(app: Caller) -> None:
    path = f"{app.app}/users/{app.user(metadata={'a': 'x' * 4000})}"
    assert change(app, path, {"metadata": {"b": "x" * 100}}).titles == [
        "User metadata is limited to 4096 bytes in size."
    ]
    assert list(app.get(path).json["user"]["metadata"]) == ["a"]
    assert change(app, path, {"metadata": {"a": None, "b": "x" * 4000}}).status == 200
    exact = 4096 - len('{"b":""}')
    assert change(app, path, {"metadata": {"b": "x" * exact}}).status == 200
    assert change(app, path, {"metadata": {"b": "x" * (exact + 1)}}).status == 400


def test_no_change_is_lost_when_many_come_at_once(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        users = f"/v2/apps/{server.app_id}/users"
        await server.done("POST", users, ADA)

        async def one(number: int) -> None:
            await server.done("PATCH", f"{users}/ada", {"metadata": {f"k{number}": number}})

        await asyncio.gather(*map(one, range(20)))
        user = (await server.done("GET", f"{users}/ada"))["user"]
        assert user["metadata"] == ADA["metadata"] | {f"k{number}": number for number in range(20)}

    tell(story)


def test_a_program_takes_away_with_none_and_leaves_alone_what_it_does_not_say(app: Caller, ada: str) -> None:
    with Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client:
        change = UserUpdateBody(profile=ProfileUpdate(email=None, surname="King"), metadata={"tier": None, "n": 1})
        user = client.users.update("ada", change).user
        assert user.profile == Profile(
            given_name="Ada", surname="King", avatar_url=ADA["profile"]["avatarUrl"], locale="en-GB"
        )
        assert user.metadata == {"visits": 3, "trial": False, "n": 1}
        assert client.users.update("ada", UserUpdateBody(profile=None)).user.profile == Profile()
        client.users.update("ada", UserUpdateBody(profile=ProfileUpdate(email="A@b.c")))
        assert client.users.list(filter=UserListFilter(identities_email="a@b.c")).users == [
            client.users.get(user.id).user
        ]
        assert client.users.delete_personal_information("ada").user.identities == []
        with pytest.raises(UserNotFound):
            client.users.sync("ada")
        client.users.delete("ada")
        with pytest.raises(UserNotFound):
            client.users.get(user.id)


# -- being forgotten -------------------------------------------------------------------------------------------------


def test_personal_information_goes_and_the_user_stays(app: Caller) -> None:
    user = app.post(f"{app.app}/users", ADA | {"brandId": "7"}).json["user"]
    path = f"{app.app}/users/{user['id']}"
    answer = app.delete(f"{path}/personalinformation")
    assert answer.status == 200
    assert answer.json["user"] == user | {"profile": {}, "metadata": {}, "identities": []}
    assert app.get(f"{app.app}/users/ada?brandId=7").json == answer.json
    assert with_email(app, "ada@example.org", "&brandId=7") == []
    assert app.delete(f"{path}/personalinformation").json == answer.json, "there is nothing more to forget"


def test_what_was_said_stays_when_personal_information_goes(app: Caller, ada: str) -> None:
    id = app.get(ada).json["user"]["id"]
    conversation = app.conversation(id)
    body = {"author": {"type": "user", "userId": id}, "content": {"type": "text", "text": "I am Ada"}}
    app.post(app.messages(conversation), body)
    before = app.get(app.messages(conversation)).json
    assert before["messages"][0]["author"]["displayName"] == "Ada Lovelace"
    app.delete(f"{ada}/personalinformation")
    assert app.get(app.messages(conversation)).json == before


CLIENT = {
    "type": "whatsapp",
    "status": "active",
    "integrationId": "i",
    "externalId": "+15550001234",
    "lastSeen": "2020-08-20T16:13:07.462Z",
}
TELLING = {
    "displayName": "Ada L.",
    "avatarUrl": "https://example.org/a.png",
    "info": {"country": "UK"},
    "raw": {"profile": {"name": "Ada"}},
}


async def bring(server: Inside, user: str, client: str, **said: Any) -> None:
    """A client as data brought in has it."""
    step = Step(
        """
        insert into client (app_id, user_id, id, type, integration_id, external_id, body)
        values (:app, :user, :id, :type, 'i', :external, :body)"""
    )
    values = {"app": server.app_id, "user": user, "id": client, "type": said.get("type", "whatsapp")}
    body = json.dumps({"id": client, **said}).encode()
    await server.engines.database.write(Write(user, (step,), {**values, "external": client, "body": body}))


def test_clients_tell_nothing_of_the_person_any_more(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        users = f"/v2/apps/{server.app_id}/users"
        ada = (await server.done("POST", users, ADA))["user"]["id"]
        eve = (await server.done("POST", users, {}))["user"]["id"]
        await bring(server, ada, "c1", **CLIENT, **TELLING)
        await bring(server, ada, "c2", **CLIENT, displayName="Ada")
        await bring(server, ada, "c3", **CLIENT)
        await bring(server, eve, "c1", **CLIENT, **TELLING)
        await server.done("DELETE", f"{users}/ada/personalinformation")
        left = (await server.done("GET", f"{users}/ada/clients"))["clients"]
        assert left == [{"id": id, **CLIENT} for id in ("c1", "c2", "c3")]
        other = (await server.done("GET", f"{users}/{eve}/clients"))["clients"]
        assert other == [{"id": "c1", **CLIENT, **TELLING}]

    tell(story)


def test_a_user_who_changes_meanwhile_is_forgotten_all_the_same(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        users = f"/v2/apps/{server.app_id}/users"
        ada = (await server.done("POST", users, ADA))["user"]["id"]
        for number in range(10):
            await bring(server, ada, f"c{number}", **CLIENT, **TELLING)
        seen = {"toBeRetained": False}
        await asyncio.gather(
            *(server.done("PATCH", f"{users}/ada", seen) for _ in range(5)),
            *(server.done("DELETE", f"{users}/ada/personalinformation") for _ in range(5)),
        )
        user = (await server.done("GET", f"{users}/ada"))["user"]
        assert (user["profile"], user["metadata"], user["toBeRetained"]) == ({}, {}, False)
        left = (await server.done("GET", f"{users}/ada/clients"))["clients"]
        assert all(not TELLING.keys() & each.keys() for each in left)

    tell(story)


def test_what_a_client_does_meanwhile_is_not_lost(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        users = f"/v2/apps/{server.app_id}/users"
        ada = (await server.done("POST", users, ADA))["user"]["id"]
        step = Step("update client set body = :body where app_id = :app and user_id = :user and id = 'c1'")

        def seen(year: int) -> Write:
            body = {"id": "c1", **CLIENT, **TELLING, "lastSeen": f"{year}-01-01T00:00:00.000Z"}
            return Write(ada, (step,), {"app": server.app_id, "user": ada, "body": json.dumps(body).encode()})

        await bring(server, ada, "c1", **CLIENT)
        for year in range(2001, 2021):
            await server.engines.database.write(seen(2000))
            moving = server.engines.database.write(seen(year))
            await server.done("DELETE", f"{users}/ada/personalinformation")
            await moving
            left = (await server.done("GET", f"{users}/ada/clients"))["clients"]
            assert left == [{"id": "c1", **CLIENT, "lastSeen": f"{year}-01-01T00:00:00.000Z"}]

    tell(story)


# -- being deleted ---------------------------------------------------------------------------------------------------


def test_a_deleted_user_is_gone_and_cannot_be_deleted_again(app: Caller, ada: str) -> None:
    id = app.get(ada).json["user"]["id"]
    assert app.delete(ada).json == {}
    for path in (ada, f"{app.app}/users/{id}"):
        assert refused(app.get(path)) == GONE
        assert refused(app.delete(path)) == GONE
        assert refused(change(app, path, {})) == GONE
    assert with_email(app, "ada@example.org") == []
    assert app.user(externalId="ada") != id, "the name is free again"


def test_personal_conversations_go_with_their_user_and_groups_stay(app: Caller) -> None:
    ada, eve = app.user(), app.user()
    first, second = app.conversation(ada, type="personal"), app.conversation(ada, type="personal")
    eves, group = app.conversation(eve, type="personal"), app.conversation(ada, eve)
    for conversation in (first, second, eves, group):
        app.say(conversation)
    assert app.delete(f"{app.app}/users/{ada}").status == 200
    for conversation in (first, second):
        assert app.get(f"{app.app}/conversations/{conversation}").codes == ["conversation_not_found"]
        assert app.get(app.messages(conversation)).status == 404
    for conversation in (eves, group):
        assert app.get(f"{app.app}/conversations/{conversation}").status == 200
        assert len(app.get(app.messages(conversation)).json["messages"]) == 1
    spoken = {"author": {"type": "user", "userId": ada}, "content": {"type": "text", "text": "still here"}}
    assert refused(app.post(app.messages(group), spoken)) == GONE


TABLES = ("app_user", "conversation", "participant", "message", "client", "client_association", "device")
LATER = ("conversation_gone", "author_gone", "conversation_to_sweep", "media_to_remove", "attachment_use", "attachment")


def test_nothing_of_a_deleted_user_is_left(tell: Tell) -> None:
    """Of two users who did the same, one goes: what is left is what was there before they came."""

    async def story(server: Inside) -> None:
        app = f"/v2/apps/{server.app_id}"

        async def counts() -> dict[str, int]:
            return {table: await server.count(table) for table in TABLES + LATER}

        async def live(user: str, group: str) -> None:
            """Everything that leaves a trace."""
            for _ in range(2):
                body = {"type": "personal", "participants": [{"userId": user}]}
                made = (await server.done("POST", f"{app}/conversations", body))["conversation"]["id"]
                await server.say(f"{app}/conversations/{made}/messages")
                await server.done("POST", f"{app}/conversations/{made}/messages", speaking(user))
            await server.done("POST", f"{app}/conversations/{group}/join", {"userId": user, "subscribeSDKClient": True})
            for _ in range(3):
                await server.done("POST", f"{app}/conversations/{group}/messages", speaking(user))
            await bring(server, user, "c1", **CLIENT, **TELLING)
            await server.engines.database.write(
                rows.devices.create(server.app_id, user, "d1", 1, b'{"id":"d1","type":"web"}')
            )

        group = (await server.done("POST", f"{app}/conversations", {"type": "sdkGroup"}))["conversation"]["id"]
        await server.say(f"{app}/conversations/{group}/messages")
        eve = (await server.done("POST", f"{app}/users", {"externalId": "eve"}))["user"]["id"]
        await live(eve, group)
        before = await counts()
        ada = (await server.done("POST", f"{app}/users", ADA))["user"]["id"]
        await live(ada, group)
        await server.done("DELETE", f"{app}/users/ada")
        await server.afterwards()
        assert await counts() == before
        told = (await server.done("GET", f"{app}/conversations/{group}/messages"))["messages"]
        assert [each["author"].get("userId") for each in told] == [None, eve, eve, eve]
        assert (await server.done("GET", f"{app}/users/eve/clients"))["clients"]
        assert (await server.done("GET", f"{app}/users/eve/devices"))["devices"]

    tell(story)


def speaking(user: str) -> dict[str, Any]:
    return {"author": {"type": "user", "userId": user}, "content": {"type": "text", "text": "hello"}}


def test_of_many_deletions_at_once_one_is_done(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        users = f"/v2/apps/{server.app_id}/users"
        await server.done("POST", users, ADA)
        answers = await asyncio.gather(*(server.ask("DELETE", f"{users}/ada") for _ in range(5)))
        assert sorted(status for status, _ in answers) == [200, 404, 404, 404, 404]

    tell(story)


def test_nobody_comes_back_by_a_change_that_was_under_way(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        app = f"/v2/apps/{server.app_id}"
        for _ in range(10):
            ada = (await server.done("POST", f"{app}/users", ADA))["user"]["id"]
            answers = await asyncio.gather(
                server.ask("PATCH", f"{app}/users/{ada}", {"toBeRetained": False}),
                server.ask("DELETE", f"{app}/users/ada"),
                server.ask("DELETE", f"{app}/users/{ada}/personalinformation"),
                server.ask("POST", f"{app}/conversations", {"type": "personal", "participants": [{"userId": ada}]}),
                server.ask("POST", f"{app}/conversations", {"type": "sdkGroup", "participants": [{"userId": ada}]}),
            )
            assert answers[1][0] == 200
            assert {status for status, _ in answers} <= {200, 201, 404}
            await server.afterwards()
            assert await server.count("app_user") == await server.count("participant") == 0

    tell(story)


# -- Zendesk ---------------------------------------------------------------------------------------------------------


def test_a_user_who_came_from_zendesk_cannot_be_synchronized_here(tell: Tell) -> None:
    async def story(server: Inside) -> None:
        body = b'{"id":"u1","zendeskId":"35436","profile":{},"metadata":{},"identities":[]}'
        await server.engines.database.write(rows.users.create(server.app_id, "u1", None, "", "", body, zendesk="35436"))
        path = f"/v2/apps/{server.app_id}/users"
        for said in (None, {}, {"survivingZendeskId": "1"}):
            status, answer = await server.ask("POST", f"{path}/35436/sync", said)
            assert (status, answer["errors"][0]["code"]) == (400, "not_supported")
        assert (await server.done("GET", f"{path}/u1"))["user"] == json.loads(body)
        another = (await server.done("POST", "/v2/apps", {"displayName": "other"}))["app"]["id"]
        assert (await server.ask("POST", f"/v2/apps/{another}/users/35436/sync"))[0] == 404

    tell(story)


def test_a_user_who_did_not_come_from_zendesk_is_not_found_there(app: Caller) -> None:
    id = app.user(externalId="35436")
    for name in ("35436", id, "%20"):
        assert refused(app.send("POST", f"{app.app}/users/{name}/sync")) == GONE
    wrong = app.post(f"{app.app}/users/35436/sync", {"survivingZendeskId": 7})
    assert (wrong.status, wrong.titles) == (400, ["survivingZendeskId: should be a string, not an integer"])

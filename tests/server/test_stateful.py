"""Any story of users, conversations, participants and messages goes as a small model says, and leaves nothing behind.

hypothesis makes up the stories and shortens those that go wrong. After every step, everything that the API answers is
compared with the model; at the end, everything is deleted and the tables must be empty.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from parhelion.wire import instant
from tests.inside import Clock, Inside, inside
from tests.server.house import House

T = TypeVar("T")
ANY = st.integers(0, 10**6)  # picks one of what there is

# Rows that hang on nothing, by what they are.
ORPHANS = {
    "participants without conversation": "participant p left join conversation o on o.id = p.conversation_id",
    "participants without user": "participant p left join app_user o on o.id = p.user_id",
    "messages without conversation": "message p left join conversation o on o.id = p.conversation_id",
    "uses without message": "attachment_use p left join message o on o.id = p.message_id",
    "clients without user": "client p left join app_user o on o.id = p.user_id",
    "associations without client": "client_association p left join client o on o.id = p.client_id",
    "associations without participant": (
        "client_association p left join participant o"
        " on o.user_id = p.user_id and o.conversation_id = p.conversation_id"
    ),
}


@dataclass
class Said:
    id: str
    author: str  # "" for the business


@dataclass
class Member:
    id: str
    read_id: str  # the last message they have read, or that was there when they came
    read_at: int = 0
    client: bool = False


@dataclass
class Talk:
    """A conversation."""

    type: str
    default: bool
    created: int
    updated: int
    active: str
    read_at: int = 0  # by the business
    last_id: str = ""  # of the last message ever
    said: list[Said] = field(default_factory=list)
    members: dict[str, Member] = field(default_factory=dict)


@dataclass
class User:
    external: str | None
    default: str = ""
    client: str = ""


@dataclass
class Board:
    """The switchboard, when there is one."""

    path: str
    places: list[str]  # the first is the default
    enabled: bool = True


class Stories(RuleBasedStateMachine):
    """Each rule asks the API for something, says what the answer must be, and changes the model accordingly."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        self.users: dict[str, User] = {}
        self.talks: dict[str, Talk] = {}
        self.gone: list[str] = []
        self.files: dict[str, bool] = {}  # address -> whether it goes with the last message that shows it
        self.board: Board | None = None
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.opened = inside(Path(self.folder.name) / "data", self.clock)
        self.server: Inside = self.do(self.opened.__aenter__())

    def do(self, what: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(what)

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        return self.do(self.server.ask(method, self.app + path, body))

    def done(self, method: str, path: str, body: Any = None) -> Any:
        status, answer = self.ask(method, path, body)
        assert status < 300, (method, path, body, answer)
        return answer

    @property
    def now(self) -> int:
        return round(self.clock.seconds * 1000)

    @initialize(many=st.sampled_from([True, True, False]))
    def begin(self, many: bool) -> None:
        body = {"displayName": "test", "settings": {"multiConvoEnabled": many}}
        self.many = many
        self.server.app_id = self.do(self.server.done("POST", "/v2/apps", body))["app"]["id"]
        self.app = f"/v2/apps/{self.server.app_id}"
        self.house = House(self.server)
        for number in range(4):
            self.new_user(number % 2 == 0)
        self.new_conversation(True, [0], False)
        self.new_conversation(False, [1, 2], True)

    # -- users ----------------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.users) < 6)
    @rule(named=st.booleans())
    def new_user(self, named: bool) -> None:
        self.number += 1
        external = f"user {self.number}" if named else None
        id = self.done("POST", "/users", {"externalId": external})["user"]["id"]
        self.users[id] = User(external)

    @precondition(lambda self: len(self.users) > 2)
    @rule(which=ANY)
    def delete_user(self, which: int) -> None:
        id = self.one(self.users, which)
        self.done("DELETE", f"/users/{id}")
        self.do(self.server.afterwards())
        del self.users[id]
        for conversation, talk in list(self.talks.items()):
            if talk.members.pop(id, None):
                if talk.type == "personal":
                    self.forget(conversation)
                else:
                    talk.said = [each for each in talk.said if each.author != id]
        assert self.ask("GET", f"/users/{id}")[0] == 404
        assert self.ask("GET", f"/conversations?filter[userId]={id}")[1]["errors"][0]["code"] == "user_not_found"

    def one(self, things: dict[str, Any], which: int) -> str:
        return list(things)[which % len(things)]

    def somebody(self, talk: Talk, who: int) -> str:
        """Rather one who takes part."""
        return self.one(talk.members if talk.members and who % 3 else self.users, who // 3)

    def is_elsewhere(self, user: str) -> bool:
        return not self.many and any(user in talk.members for talk in self.talks.values())

    def name(self, user: str, external: bool) -> dict[str, str]:
        said = self.users[user].external
        return {"userExternalId": said} if external and said else {"userId": user}

    # -- conversations --------------------------------------------------------------------------------------------

    @precondition(lambda self: self.users and len(self.talks) < 5)
    @rule(personal=st.booleans(), picks=st.lists(ANY, min_size=1, max_size=3), subscribe=st.booleans())
    def new_conversation(self, personal: bool, picks: list[int], subscribe: bool) -> None:
        users = list(dict.fromkeys(self.one(self.users, each) for each in picks))[: 1 if personal else None]
        type = "personal" if personal else "sdkGroup"
        named = [
            {**self.name(each, number % 2 == 0), "subscribeSDKClient": subscribe} for number, each in enumerate(users)
        ]
        status, answer = self.ask("POST", "/conversations", {"type": type, "participants": named})
        if any(map(self.is_elsewhere, users)):
            assert status == 400, answer
            return
        assert status == 201, answer
        default = personal and not self.users[users[0]].default
        active = self.board.places[0] if self.board and self.board.enabled else ""
        id = answer["conversation"]["id"]
        self.talks[id] = talk = Talk(type, default, self.now, self.now, active)
        if default:
            self.users[users[0]].default = id
        found = self.done("GET", f"/conversations/{id}/participants")["participants"]
        assert [each["userId"] for each in found] == users
        for each in found:
            talk.members[each["userId"]] = Member(each["id"], "", client=subscribe)
            self.know_client(each)
        assert answer["conversation"] == self.expected(id)

    @precondition(lambda self: self.talks)
    @rule(which=ANY)
    def delete_conversation(self, which: int) -> None:
        id = self.one(self.talks, which)
        status, answer = self.ask("DELETE", f"/conversations/{id}")
        if self.talks[id].default:
            title = f"Conversation {id} cannot be deleted because it is the default."
            assert (status, answer["errors"][0]["title"]) == (400, title)
        else:
            assert status == 200, answer
            self.forget(id)

    def forget(self, conversation: str) -> None:
        del self.talks[conversation]
        self.gone.append(conversation)

    @precondition(lambda self: self.talks)
    @rule(which=ANY, name=st.sampled_from(["x", None, ""]))
    def rename(self, which: int, name: str | None) -> None:
        id = self.one(self.talks, which)
        status, answer = self.ask("PATCH", f"/conversations/{id}", {"displayName": name})
        assert status == (400 if name == "" else 200)
        if name == "x":
            assert answer["conversation"].pop("displayName") == "x"
            assert answer["conversation"] == self.expected(id)
            self.done("PATCH", f"/conversations/{id}", {"displayName": None})

    # -- participants ---------------------------------------------------------------------------------------------

    @precondition(lambda self: self.talks and self.users)
    @rule(which=ANY, who=ANY, external=st.booleans(), subscribe=st.booleans())
    def join(self, which: int, who: int, external: bool, subscribe: bool) -> None:
        id, user = self.one(self.talks, which), self.one(self.users, who)
        talk = self.talks[id]
        body = {**self.name(user, external), "subscribeSDKClient": subscribe}
        status, answer = self.ask("POST", f"/conversations/{id}/join", body)
        if talk.type == "personal" or (user not in talk.members and self.is_elsewhere(user)):
            assert status == 400, answer
            return
        assert status == 201, answer
        said = answer["participant"]
        member = talk.members.setdefault(user, Member(said["id"], talk.last_id))
        member.client = member.client or subscribe
        self.know_client(said)
        assert said == self.expected_member(talk, user)

    @precondition(lambda self: self.talks and self.users)
    @rule(which=ANY, who=ANY, how=st.sampled_from(["id", "external", "participant"]))
    def leave(self, which: int, who: int, how: str) -> None:
        id = self.one(self.talks, which)
        talk = self.talks[id]
        user = self.somebody(talk, who)
        body = self.name(user, how == "external")
        if how == "participant" and user in talk.members:
            body = {"participantId": talk.members[user].id}
        status, answer = self.ask("POST", f"/conversations/{id}/leave", body)
        if talk.type == "personal":
            assert status == 400, answer
        elif user not in talk.members:
            assert (status, answer["errors"][0]["title"]) == (404, "User is not a member of the conversation")
        else:
            assert status == 200, answer
            del talk.members[user]

    def know_client(self, said: dict[str, Any]) -> None:
        """A user has one SDK client, made when it is needed first."""
        for each in said["clientAssociations"]:
            assert each["type"] == "sdk"
            known = self.users[said["userId"]]
            assert known.client in ("", each["clientId"])
            known.client = each["clientId"]

    # -- messages -------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.talks)
    @rule(which=ANY, shows=st.sampled_from(["", "", "new", "old"]), bound=st.booleans())
    def post_as_business(self, which: int, shows: str, bound: bool) -> None:
        id = self.one(self.talks, which)
        url = ""
        if shows == "new":
            url = self.do(self.house.upload("for=message" if bound else ""))
            self.files[url] = bound
        elif shows == "old" and self.files:
            url = list(self.files)[-1]
        content = {"type": "image", "mediaUrl": url} if url else {"type": "text", "text": "x"}
        self.post(id, {"type": "business"}, content, Said("", ""))

    @precondition(lambda self: self.talks and self.users)
    @rule(which=ANY, who=ANY, external=st.booleans(), several=st.integers(1, 4))
    def post_as_user(self, which: int, who: int, external: bool, several: int) -> None:
        id = self.one(self.talks, which)
        talk = self.talks[id]
        user = self.somebody(talk, who)
        author = {"type": "user", **self.name(user, external)}
        if user not in talk.members:
            body = {"author": author, "content": {"type": "text", "text": "x"}}
            assert self.ask("POST", f"/conversations/{id}/messages", body)[0] == 400
            return
        for _ in range(several):
            self.post(id, author, {"type": "text", "text": "x"}, Said("", user))
        talk.members[user].read_id, talk.members[user].read_at = talk.last_id, self.now

    def post(self, id: str, author: Any, content: Any, said: Said) -> None:
        talk = self.talks[id]
        [message] = self.done("POST", f"/conversations/{id}/messages", {"author": author, "content": content})[
            "messages"
        ]
        assert message["received"] == str(instant(self.now))
        assert message["id"] > talk.last_id
        said.id = talk.last_id = message["id"]
        talk.said.append(said)
        talk.updated = self.now
        if self.board is None or talk.active not in self.board.places:
            talk.active = self.board.places[0] if self.board and self.board.enabled else ""

    @precondition(lambda self: any(talk.said for talk in self.talks.values()))
    @rule(which=ANY, number=ANY)
    def delete_message(self, which: int, number: int) -> None:
        id = self.one({id: talk for id, talk in self.talks.items() if talk.said}, which)
        said = self.talks[id].said.pop(number % len(self.talks[id].said))
        self.done("DELETE", f"/conversations/{id}/messages/{said.id}")
        assert self.ask("DELETE", f"/conversations/{id}/messages/{said.id}")[0] == 404

    @precondition(lambda self: self.talks)
    @rule(which=ANY)
    def delete_all_messages(self, which: int) -> None:
        id = self.one(self.talks, which)
        self.done("DELETE", f"/conversations/{id}/messages")
        self.talks[id].said = []

    # -- activities -----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.talks)
    @rule(which=ANY, type=st.sampled_from(["conversation:read", "typing:start", "typing:stop"]))
    def act_as_business(self, which: int, type: str) -> None:
        id = self.one(self.talks, which)
        self.done("POST", f"/conversations/{id}/activity", {"author": {"type": "business"}, "type": type})
        if type == "conversation:read":
            self.talks[id].read_at = self.now

    @precondition(lambda self: self.talks and self.users)
    @rule(which=ANY, who=ANY)
    def read_as_user(self, which: int, who: int) -> None:
        id = self.one(self.talks, which)
        talk = self.talks[id]
        user = self.somebody(talk, who)
        body = {"author": {"type": "user", "userId": user}, "type": "conversation:read"}
        status, answer = self.ask("POST", f"/conversations/{id}/activity", body)
        if user not in talk.members:
            assert status == 400, answer
            return
        assert status == 200, answer
        if talk.last_id:
            talk.members[user].read_id, talk.members[user].read_at = talk.last_id, talk.updated

    # -- control --------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.board is None)
    @rule()
    def new_switchboard(self) -> None:
        made = self.done("POST", "/switchboards")["switchboard"]
        assert made["enabled"] is False
        path = f"/switchboards/{made['id']}"
        places = [
            self.done("POST", f"{path}/switchboardIntegrations", {"name": name, "integrationType": f"zd:{name}"})
            for name in ("one", "two")
        ]
        ids = [each["switchboardIntegration"]["id"] for each in places]
        self.done("PATCH", path, {"enabled": True, "defaultSwitchboardIntegrationId": ids[0]})
        self.board = Board(path, ids)

    @precondition(lambda self: self.board)
    @rule(how=st.sampled_from(["on", "off", "on", "gone"]))
    def change_switchboard(self, how: str) -> None:
        assert self.board is not None
        if how == "gone":
            self.done("DELETE", self.board.path)
            self.board = None
        else:
            self.board.enabled = how == "on"
            self.done("PATCH", self.board.path, {"enabled": self.board.enabled})

    @precondition(lambda self: self.board and self.board.enabled and self.talks)
    @rule(which=ANY, to=st.integers(0, 1))
    def pass_control(self, which: int, to: int) -> None:
        assert self.board is not None
        id = self.one(self.talks, which)
        target = self.board.places[to]
        self.done("POST", f"/conversations/{id}/passControl", {"switchboardIntegration": target})
        self.talks[id].active = target

    # -- time -----------------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.001, 1.5, 3600.0]))
    def time_passes(self, seconds: float) -> None:
        self.clock.seconds += seconds

    @rule()
    def afterwards(self) -> None:
        self.do(self.server.afterwards())

    # -- what must hold -------------------------------------------------------------------------------------------

    def expected(self, id: str) -> dict[str, Any]:
        talk = self.talks[id]
        said: dict[str, Any] = {
            "id": id,
            "type": talk.type,
            "isDefault": talk.default,
            "createdAt": str(instant(talk.created)),
            "lastUpdatedAt": str(instant(talk.updated)),
        }
        if talk.read_at:
            said["businessLastRead"] = str(instant(talk.read_at))
        if self.board and self.board.enabled and talk.active in self.board.places:
            name = ("one", "two")[self.board.places.index(talk.active)]
            said["activeSwitchboardIntegration"] = {"id": talk.active, "name": name, "integrationType": f"zd:{name}"}
        return said

    def expected_member(self, talk: Talk, user: str) -> dict[str, Any]:
        member, known = talk.members[user], self.users[user]
        said: dict[str, Any] = {
            "id": member.id,
            "userId": user,
            "unreadCount": sum(each.id > member.read_id for each in talk.said),
            "clientAssociations": [{"type": "sdk", "clientId": known.client}] if member.client else [],
        }
        if known.external:
            said["userExternalId"] = known.external
        if member.read_at:
            said["lastRead"] = str(instant(member.read_at))
        return said

    @invariant()
    def every_conversation_is_as_expected(self) -> None:
        for id, talk in self.talks.items():
            path = f"/conversations/{id}"
            assert self.done("GET", path)["conversation"] == self.expected(id)
            members = sorted(talk.members, key=lambda user: talk.members[user].id)
            found = self.done("GET", f"{path}/participants")["participants"]
            assert found == [self.expected_member(talk, user) for user in members]
            messages = self.done("GET", f"{path}/messages")["messages"]
            assert [each["id"] for each in messages] == [each.id for each in talk.said]
            assert [each["author"].get("userId", "") for each in messages] == [each.author for each in talk.said]

    @invariant()
    def every_user_is_listed_with_their_conversations(self) -> None:
        for user in self.users:
            found = self.done("GET", f"/conversations?filter[userId]={user}&page[size]=100")["conversations"]
            assert found == [self.expected(id) for id, talk in sorted(self.talks.items()) if user in talk.members]
            assert sum(each["isDefault"] for each in found) == bool(self.users[user].default)

    @invariant()
    def what_is_gone_does_not_answer(self) -> None:
        while self.gone:
            id = self.gone.pop()
            for path in ("", "/participants", "/messages"):
                assert self.ask("GET", f"/conversations/{id}{path}")[0] == 404

    def teardown(self) -> None:
        try:
            if hasattr(self, "house"):
                self.do(self.nothing_is_left())
        finally:
            self.do(self.opened.__aexit__(None, None, None))
            self.loop.close()
            self.folder.cleanup()

    async def nothing_is_left(self) -> None:
        server, database = self.server, self.server.engines.database
        await server.afterwards()
        for what, source in ORPHANS.items():
            row = await database.read_one(f"select count(*) from {source} where o.app_id is null", {})
            assert row is not None
            assert row[0] == 0, what
        for id, talk in self.talks.items():
            assert await self.house.counted(f"/{id}") == len(talk.said)
        counts = await self.house.counts()
        assert counts.get("message", 0) == sum(len(talk.said) for talk in self.talks.values())
        assert not counts.keys() & {"conversation_gone", "author_gone", "conversation_to_sweep", "media_to_remove"}
        assert self.house.files(Path(self.folder.name)) == counts.get("attachment", 0)
        for user in self.users:
            await server.done("DELETE", f"{self.app}/users/{user}")
        for id, talk in self.talks.items():
            if talk.type != "personal":
                await server.done("DELETE", f"{self.app}/conversations/{id}")
        await server.afterwards()
        kept = sum(not bound for bound in self.files.values())
        assert await self.house.counts() == ({"attachment": kept} if kept else {})
        assert self.house.files(Path(self.folder.name)) == kept


TestStories = Stories.TestCase
TestStories.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)

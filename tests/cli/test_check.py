"""parhelion check: each fault made for real by a foreign hand, found, told, mended, and nothing but it touched."""

from __future__ import annotations

import asyncio
import io
import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import pytest

from parhelion.cli import main
from parhelion.server.databases import migrations
from parhelion.server.databases._sound_file import SoundFile
from parhelion.server.rows import checking, checks
from tests.engines import chosen
from tests.engines.postgres import ask as ask_postgres
from tests.everything import MULTIPART, Things, device, everything
from tests.inside import engines
from tests.live import Live
from tests.workers import until

REPAIRS = "operation = 'check --repair' and key_id = 'operator' and scope = 'command line'"
WORK = ("conversation_to_sweep", "conversation_gone", "app_gone", "integration_gone", "webhook_gone")


def check(data: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The command, in this process."""
    out, err = io.StringIO(), io.StringIO()
    address = chosen.database(data)
    where = ["--data", str(data), *([] if address is None else ["--database", address])]
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = main(["check", *where, *more])
        except SystemExit as end:
            status = int(end.code or 0)
    return subprocess.CompletedProcess(["check"], status, out.getvalue(), err.getvalue())


def found(data: Path, *more: str) -> dict[str, Any]:
    """What is wrong, by its name."""
    done = check(data, "--json", *more)
    answer = json.loads(done.stdout)
    wrong = {each["name"]: each for each in answer["findings"] if each["wrong"]}
    assert done.returncode == (1 if wrong else 0), done
    assert answer["clean"] is not wrong
    return wrong


def foreign(data: Path, *statements: str) -> list[Any]:
    """A hand that knows nothing of what must hold. Answers what the last statement answers."""
    address = chosen.database(data)
    if address is not None:
        return [tuple(row) for row in ask_postgres(address, *statements)]
    connection: Any = apsw.Connection(str(data / "parhelion.db"))
    connection.set_busy_timeout(10_000)
    try:
        rows: list[Any] = []
        for statement in statements:
            rows = connection.execute(statement).fetchall()
        return rows
    finally:
        connection.close()


def blob(text: str) -> str:
    return f"'\\x{text.encode().hex()}'" if chosen.has_rows() else f"x'{text.encode().hex()}'"


def everything_in(data: Path) -> dict[str, list[Any]]:
    """All rows of all tables but for work that was left to do."""
    return {
        table: foreign(data, f"select * from {table} order by {', '.join(key)}") for table, key in checking.KEYS.items()
    }


def work(data: Path) -> int:
    return sum(foreign(data, f"select count(*) from {table}")[0][0] for table in WORK)


class Filled(NamedTuple):
    data: Path
    things: Things

    def fill(self, sql: str) -> str:
        """With ids in it: {userId}, {A} for the condition that it is of the app, {blob}."""
        for name, value in self.things.items():
            sql = sql.replace(f"{{{name}}}", value)
        return (
            sql.replace("{A}", f"app_id = '{self.things['appId']}'")
            .replace("{blob}", blob('{"id": "other"}'))
            .replace("{member}", blob(json.dumps(MEMBER)))
            .replace("{hook}", blob(json.dumps(HOOK)))
        )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """A store with everything in it, which nobody serves."""
    data = tmp_path_factory.mktemp("check") / "data"
    server = Live(data)
    caller = server.account()

    def ask(method: str, path: str, body: object) -> object:
        said = {"content-type": MULTIPART} if isinstance(body, bytes) else {}
        answer = caller.send(method, path, body, said)
        assert answer.status < 300, (method, path, answer)
        return answer.json if answer.body else None

    things = everything(ask)
    caller.app_id = things["appId"]
    for number in range(3):
        caller.say(things["conversationId"], f"hello {number}")
    shown = caller.upload(b"shown", query="access=public&for=message").json["attachment"]["mediaUrl"]
    caller.say(things["conversationId"], "see", type="image", mediaUrl=shown)
    server.stop()

    async def bring() -> None:
        async with engines(data) as opened:
            await opened.database.write(device(things))

    asyncio.run(bring())
    foreign(
        data,
        f"""insert into arrival (app_id, webhook_id, position, attempts, arrived_at, answer)
        select app_id, '{things["webhookId"]}', position, 1, 1, {blob("{}")} from event
        where app_id = '{things["appId"]}' order by position limit 1""",
        f"update event set created_at = 1 where app_id = '{things['appId']}'",
    )
    return Filled(data, things)


GONE = "0" * 24
OTHER = "1" * 24
HOOK: dict[str, Any] = {"id": OTHER, "version": "v2", "target": "http://127.0.0.1:9/x", "triggers": []}
MEMBER = {"id": OTHER, "name": "x", "integrationId": "x", "integrationType": "custom", "deliverStandbyEvents": True}


class Fault(NamedTuple):
    """What a foreign hand does, and what is found."""

    finds: str
    statements: tuple[str, ...]
    mends: bool = True
    restores: bool = True  # what is mended is what was there before
    work: int = 0  # what is left to the server


FAULTS = {
    "a count": Fault(
        "counts of messages", ("update conversation set message_count = 99 where id = '{conversationId}'",)
    ),
    "a low mark": Fault(
        "newest messages",
        ("update conversation set last_message_id = '' where id = '{conversationId}'",),
        restores=True,
    ),
    "a mark beyond": Fault(
        "marks of what was cleared",
        ("update conversation set cleared_id = 'f', message_count = 0 where id = '{defaultConversationId}'",),
        mends=False,
    ),
    "a sweep ahead": Fault(
        "marks of what was swept", ("update conversation set swept_id = 'f' where id = '{conversationId}'",)
    ),
    "cleared and left": Fault(
        "messages out of sight",
        ("update conversation set cleared_id = last_message_id, message_count = 0 where id = '{conversationId}'",),
        restores=False,
        work=1,
    ),
    "a default of nobody": Fault(
        "default conversations", ("update conversation set is_default = 1 where id = '{conversationId}'",)
    ),
    "a default that says it is none": Fault(
        "default conversations of users",
        ("update conversation set is_default = 0 where id = '{defaultConversationId}'",),
    ),
    "a default that is gone": Fault(
        "default conversations of users",
        (f"update app_user set default_conversation_id = '{GONE}' where id = '{{otherUserId}}'",),
    ),
    "a participant of nothing": Fault(
        "participants",
        (
            f"""insert into participant (app_id, conversation_id, user_id, id)
            values ('{{appId}}', '{GONE}', '{{userId}}', '1')""",
        ),
    ),
    "nobody takes part": Fault(
        "participants",
        (
            f"""insert into participant (app_id, conversation_id, user_id, id)
            values ('{{appId}}', '{{conversationId}}', '{GONE}', '1')""",
        ),
    ),
    "read beyond": Fault(
        "what participants have read",
        (
            """update participant set last_read_id = 'f' where user_id = '{userId}'
            and conversation_id = '{conversationId}'""",
        ),
        restores=False,
    ),
    "a message of nothing": Fault(
        "conversations of messages",
        (
            f"""insert into message (app_id, conversation_id, id, body, author_id, words)
            select app_id, '{GONE}', id, body, '', '' from message where id = '{{messageId}}'""",
        ),
        mends=False,
    ),
    "a message that is not readable": Fault(
        "messages as they are answered",
        ("update message set body = {blob} where id = '{messageId}' and conversation_id = '{conversationId}'",),
        mends=False,
    ),
    "a line of the audit log that says something else": Fault(
        "audit log",
        ("update audit set address = '192.0.2.1' where position = (select max(position) from audit)",),
        mends=False,
    ),
    "a user who is not readable": Fault(
        "users as they are answered", ("update app_user set body = {blob} where id = '{userId}'",), mends=False
    ),
    "an event that is not readable": Fault(
        "events as they are answered", ("update event set body = {blob} where id = '{eventId}'",), mends=False
    ),
    "an attachment of nothing": Fault(
        "conversations of attachments",
        (f"update attachment set conversation_id = '{GONE}' where {{A}} and for_message = 0",),
        work=1,
    ),
    "a use of nothing": Fault(
        "messages of attachments",
        (f"insert into attachment_use values ('{{appId}}', '{{conversationId}}', '{GONE}', '{GONE}')",),
    ),
    "a file about to go": Fault(
        "files to be removed", ("insert into media_to_remove select id from attachment where {A} and for_message = 1",)
    ),
    "a key of nothing": Fault(
        "owners of keys",
        (
            f"""insert into api_key (id, scope, app_id, display_name, created_at)
            values ('app_x', 'app', '{GONE}', 'x', 1)""",
        ),
    ),
    "a key of no integration": Fault(
        "owners of keys",
        (
            f"""insert into api_key (id, scope, app_id, integration_id, display_name, created_at)
            values ('int_x', 'integration', '{{appId}}', '{GONE}', 'x', 1)""",
        ),
    ),
    "a client of nobody": Fault(
        "users of clients",
        (
            f"""insert into client (app_id, user_id, id, type, integration_id, body)
            select app_id, '{GONE}', id, type, '', body from client where id = '{{clientId}}'""",
        ),
    ),
    "a client of no integration": Fault(
        "integrations of clients", (f"update client set integration_id = '{GONE}' where id = '{{clientId}}'",), work=1
    ),
    "a place of no client": Fault(
        "clients in conversations",
        (f"insert into client_association values ('{{appId}}', '{{conversationId}}', '{{userId}}', '{GONE}')",),
    ),
    "a device of nobody": Fault(
        "users of devices",
        (f"insert into device select app_id, '{GONE}', id, last_seen_at, body from device where {{A}}",),
    ),
    "a webhook of nothing": Fault(
        "integrations of webhooks",
        (
            f"""insert into webhook (app_id, id, integration_id, body) values ('{{appId}}', '{OTHER}', '{GONE}',
            {{hook}})""",
        ),
        work=1,
    ),
    "a deaf webhook": Fault("what webhooks hear of", ("delete from webhook_trigger where webhook_id = '{webhookId}'",)),
    "a webhook that hears too much": Fault(
        "what webhooks hear of",
        ("insert into webhook_trigger values ('{appId}', 'user:remove', '{webhookId}', '{integrationId}')",),
        restores=False,
    ),
    "a trigger of nothing": Fault(
        "webhooks of triggers",
        (f"insert into webhook_trigger values ('{{appId}}', 'user:remove', '{GONE}', '{{integrationId}}')",),
    ),
    "a default that is no member": Fault(
        "defaults of switchboards", (f"update switchboard set default_id = '{GONE}' where {{A}}",), restores=False
    ),
    "a next that is none": Fault(
        "successors of switchboard integrations",
        (f"update switchboard_integration set next_id = '{GONE}' where id = '{{activeSwitchboardIntegrationId}}'",),
    ),
    "a member of nothing": Fault(
        "switchboards of switchboard integrations",
        (
            f"""insert into switchboard_integration (app_id, id, switchboard_id, name, integration_id, integration_type,
                next_id, body, deliver_standby)
            select app_id, '{OTHER}', '{GONE}', name, integration_id, integration_type, '',
                {{member}},
                deliver_standby
            from switchboard_integration where id = '{{activeSwitchboardIntegrationId}}'""",
        ),
    ),
    "a delivery to nobody": Fault(
        "webhooks of deliveries",
        (
            f"""insert into delivery (webhook_id, position, app_id, lane, attempts, next_at, failed_at)
            select '{GONE}', position, app_id, '{GONE}' || lane, 0, 0, 0 from event where id = '{{eventId}}'""",
        ),
        restores=False,
        work=1,
    ),
    "a delivery of nothing": Fault(
        "events of deliveries",
        (
            """insert into delivery (webhook_id, position, app_id, lane, attempts, next_at, failed_at)
            select '{webhookId}', max(position) + 1, '{appId}', '{webhookId}' || ':0', 0, 0, 0 from event""",
        ),
    ),
    "a delivery in another's lane": Fault(
        "lanes of deliveries",
        (
            """update delivery set lane = 'x:0' where webhook_id = \'{webhookId}\'
            and position = (select min(position) from delivery)""",
        ),
    ),
    "a delivery that failed in no list": Fault(
        "lanes of deliveries",
        (
            """update delivery set lane = 'x:0', failed_at = 1 where webhook_id = \'{webhookId}\'
            and position = (select max(position) from delivery)""",
        ),
        restores=False,
    ),
    "an arrival at nobody's": Fault(
        "webhooks of arrivals",
        (
            f"""insert into arrival select app_id, '{GONE}', position, attempts, arrived_at, answer
            from arrival where {{A}}""",
        ),
        restores=False,
        work=1,
    ),
    "a count of nothing": Fault(
        "apps of counts of statistics", (f"insert into tally values ('{GONE}', 1, 'x', 1)",), restores=False, work=1
    ),
    "a user of nothing": Fault(
        "apps of users",
        (
            f"""insert into app_user (app_id, id, brand_id, default_conversation_id, body)
            select '{GONE}', id, '', '', body from app_user where id = '{{userId}}'""",
        ),
        restores=False,
        work=1,
    ),
}


@pytest.fixture
def undone(store: Filled) -> Iterator[Callable[[], None]]:
    """Puts back what is not mended by itself."""
    tables = (*checking.KEYS, *WORK, "audit", "audit_seal")
    before = {table: foreign(store.data, f"select * from {table}") for table in tables}

    def put_back() -> None:
        for table, rows in before.items():
            if foreign(store.data, f"select * from {table}") != rows:
                restore(store.data, table, rows)

    yield put_back
    put_back()


def restore(data: Path, table: str, rows: list[Any]) -> None:
    """What was in a table, and nothing else."""
    address = chosen.database(data)
    if address is None:
        connection: Any = apsw.Connection(str(data / "parhelion.db"))
        connection.execute("begin")
        connection.execute(f"delete from {table}")
        for row in rows:
            connection.execute(f"insert into {table} values ({', '.join('?' * len(row))})", tuple(row))
        connection.execute("commit")
        connection.close()
        return

    async def put() -> None:
        to: Any = await import_module("asyncpg").connect(address)
        async with to.transaction():
            await to.execute(f"delete from {table}")
            if rows:
                await to.copy_records_to_table(table, records=rows)
        await to.close()

    asyncio.run(put())


def test_a_store_with_everything_in_it_is_clean(store: Filled) -> None:
    done = check(store.data)
    assert done.returncode == 0, done
    assert "All is well" in done.stdout
    assert "WRONG" not in done.stdout


def of_kind(*, mends: bool, restores: bool) -> dict[str, Fault]:
    return {
        name: each
        for name, each in FAULTS.items()
        if each.mends is mends and (each.restores and not each.work) is restores
    }


def broken(store: Filled, faults: dict[str, Fault]) -> dict[str, list[Any]]:
    """Does it, and answers what is there then. Each is found, and nothing besides; looking changes nothing."""
    for each in faults.values():
        foreign(store.data, *map(store.fill, each.statements))
    rows = everything_in(store.data)
    wrong = found(store.data)
    assert {name: each["wrong"] for name, each in wrong.items()} == Counter(each.finds for each in faults.values())
    for each in faults.values():
        told = wrong[each.finds]
        assert len(told["some"]) == told["wrong"]
        assert bool(told["repair"]) is each.mends, told
        assert told["repair"] or told["advice"]
    assert everything_in(store.data) == rows
    return rows


def test_what_is_found_is_mended_and_nothing_else_is_touched(store: Filled, undone: Callable[[], None]) -> None:
    whole, faults = everything_in(store.data), of_kind(mends=True, restores=True)
    broken(store, faults)
    done = check(store.data, "--repair", "--yes")
    assert done.returncode == 0, done
    assert all(f"  {each.finds}: " in done.stdout for each in faults.values()), "it is said first"
    assert "All is well" in done.stdout
    assert everything_in(store.data) == whole
    assert work(store.data) == 0
    noted = foreign(store.data, f"select object from audit where {REPAIRS} order by position")
    assert sorted(noted) == sorted({(f"check/{each.finds}",) for each in faults.values()}), "a line for each"


def test_nothing_is_mended_that_no_line_can_be_left_of(store: Filled, undone: Callable[[], None]) -> None:
    broken(store, {"one": FAULTS["a count"]})
    key, aside = store.data / "master.key", store.data / "aside"
    key.rename(aside)
    try:
        done = check(store.data, "--repair", "--yes")
        assert done.returncode == 1
        assert "Nothing was changed" in done.stdout
        assert not key.exists()
    finally:
        aside.rename(key)
    assert "counts of messages" in found(store.data)


def test_what_is_gone_for_good_is_left_to_the_server(store: Filled, undone: Callable[[], None]) -> None:
    faults = of_kind(mends=True, restores=False)
    broken(store, faults)
    done = check(store.data, "--repair", "--yes")
    assert done.returncode == 0, done
    assert work(store.data) >= 5
    server = Live(store.data)  # which sweeps as it begins
    try:
        until(lambda: work(store.data) == 0, "nobody took it away")
    finally:
        server.stop()
    assert found(store.data) == {}


def test_what_cannot_be_mended_is_told_with_what_to_do_and_left_as_it_is(
    store: Filled, undone: Callable[[], None]
) -> None:
    rows = broken(store, of_kind(mends=False, restores=True))
    done = check(store.data, "--repair", "--yes")
    assert done.returncode == 1, done
    assert "restore a backup" in done.stdout
    assert everything_in(store.data) == rows


def test_nothing_is_mended_before_somebody_says_so(store: Filled, undone: Callable[[], None]) -> None:
    rows = broken(store, {"one": FAULTS["a count"]})
    done = check(store.data, "--repair")  # nobody is at a terminal
    assert done.returncode == 1
    assert "counts of messages: 1 conversations: count them anew" in done.stdout
    assert "--yes" in done.stdout
    assert everything_in(store.data) == rows
    assert check(store.data, "--yes").returncode == 2


UNCHECKED = {  # what is gone as soon as it is done, forgotten in time, or looked at in another way
    *WORK,
    *("audit", "audit_seal", "erasure", "participant_left"),
    *("author_gone", "answered", "lane_lease", "meter", "oauth_code", "oauth_client", "master_key"),
}


def test_who_interrupts_a_look_is_let_go(tmp_path: Path) -> None:
    path = tmp_path / "parhelion.db"
    apsw.Connection(str(path)).close()
    long = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 50000000) select count(*) from n"

    async def interrupted() -> None:
        look = SoundFile(path)
        assert await look.read_one("select 1", {}) == (1,)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(look.read_one(long, {}), 0.2)
        await look.close()  # while the thread still reads

    asyncio.run(interrupted())


def test_every_table_is_looked_at_or_says_why_not() -> None:
    """Whoever adds one says in rows/checks.py what must hold of it."""
    made = "".join(script for _, script in migrations.scripts())
    assert set(re.findall(r"create table (\w+)", made)) == {*checking.KEYS, *UNCHECKED}
    assert {each.table for each in checks.CHECKS} == set(checking.KEYS)
    assert len({each.name for each in checks.CHECKS}) == len(checks.CHECKS)

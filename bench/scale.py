"""What docs/scale.md says of a large store on PostgreSQL, measured here: python -m bench.scale [MESSAGES, 5,000,000]

The store is made by one statement a table, from rows that a server has written: so many messages in the order of 100
days, in a conversation for every 50, a few of which are full; the events of the last seven days, and as many again
that are too old. Then it is asked beside an empty one, in turns. Lines are printed as they come: what, and how much.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from tests.engines.postgres import ask

from . import engine, machine, sample, servers
from .growth import OLDEST, Side, beside, said
from .load import load
from .measure import folder
from .turns import turns

MESSAGES, EACH, DAYS, KEPT = 5_000_000, 50, 100, 7
FULL = 29_000  # messages of a conversation with little room
ONE_IN = 17  # messages is in one of those
PATIENCE = 600.0  # seconds
BODY = sample.POST_BODY.decode()

ID = "lpad(to_hex({}), 12, '0') || '00000000beef'"
OF = f"({ID.format('p.begun - c')})"  # the id of conversation c
# From what there is of each after one post: p.
FIRST = """
create table p as select app.id as app, m.conversation_id as conversation, m.id as message, c.body as about,
    convert_from(m.body, 'UTF8') as said, e.lane, convert_from(e.body, 'UTF8') as told,
    substring(convert_from(m.body, 'UTF8') from '"received":"([^"]+)"') as received,
    cast(extract(epoch from now() - interval '{days} days') * 65536 as bigint) as begun, m.words
    from app, message m, conversation c, event e
    where m.conversation_id = c.id and e.conversation_id = c.id and e.type = 'conversation:message'"""
FILL = (
    f"""
insert into conversation (app_id, id, message_count, last_message_id, cleared_id, swept_id, last_updated_at, body)
    select app, {OF}, 0, '', '', '', 0, convert_to(replace(convert_from(about, 'UTF8'), conversation, {OF}), 'UTF8')
    from p, generate_series(1, {{conversations}}) c""",
    f"""
insert into participant (app_id, conversation_id, user_id, id)
    select app, {OF}, {OF}, {OF} from p, generate_series(1, {{conversations}}) c""",
    f"""
insert into app_user (app_id, id, external_id, brand_id, default_conversation_id, body)
    select u.app_id, {OF}, 'user-' || c, '', '', replace(convert_from(u.body, 'UTF8'), u.id, {OF})::bytea
    from p, app_user u, generate_series(1, {{conversations}}) c""",
    # Most is said in few conversations; the first of them are full.
    f"""
create table turn as
    select n, p.app, {OF} as conversation, {ID.format("p.begun + n * {step}")} as id, n * {{step}} as at
    from p, (select n, case when n % {ONE_IN} = 0 then 1 + n / {ONE_IN} % {{full}}
        else {{full}} + cast(ceil(random() * random() * ({{conversations}} - {{full}})) as bigint) end as c
        from generate_series(cast(1 as bigint), {{messages}}) n) each""",
    """
insert into message (app_id, conversation_id, id, author_id, words, body)
    select t.app, t.conversation, t.id, '', p.words, convert_to(replace(replace(p.said, p.message, t.id), p.received,
        to_char(to_timestamp((p.begun + t.at) / 65536.0) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), 'UTF8')
    from p, turn t order by n""",
    """
update conversation c set message_count = t.several, last_message_id = t.last from (
    select conversation, count(*) as several, max(id) as last from turn group by 1) t where c.id = t.conversation""",
    f"""
insert into event (id, app_id, conversation_id, type, created_at, lane, body)
    select 'e' || t.id, t.app, t.conversation, 'conversation:message', cast((p.begun + t.at) / 65.536 as bigint),
        p.lane, convert_to(replace(replace(p.told, p.message, t.id), p.conversation, t.conversation), 'UTF8')
    from p, turn t where n > {{messages}} - 2 * {{messages}} * {KEPT} / {DAYS} order by n""",
    "drop table p, turn",
)
SIZES = """
select cast(cast(coalesce(inhparent, s.relid) as regclass) as text), sum(pg_table_size(s.relid)),
    sum(pg_indexes_size(s.relid)), sum(n_live_tup)
    from pg_stat_user_tables s left join pg_inherits on inhrelid = s.relid
    group by 1 having sum(n_live_tup) > 1000 order by 2 desc"""
TOO_OLD = "created_at < extract(epoch from now() - interval '7 days 1 hour') * 1000"
PEOPLE = (
    "select (select count(*) from conversation) + (select count(*) from app_user) + (select count(*) from participant)"
)
COUNT = "select message_count from conversation where id = '{}'"
UPDATES = "select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = '{}'"
WRITTEN = "select cast(wal_bytes as float), wal_fpi from pg_stat_wal"
WORKING = "select pid from pg_stat_activity"


def tell(what: str, much: float, unit: str, digits: int = 0) -> None:
    print(f"{what:<58} {much:>14,.{digits}f} {unit}", flush=True)


@dataclass
class Large:
    """The store, and the server over it."""

    database: str
    app: servers.App
    messages: int

    def one(self, sql: str) -> Any:
        return ask(self.database, sql)[0][0]

    def until(self, sql: str) -> float:
        """Seconds until it is so."""
        begun = time.monotonic()
        while not self.one(f"select {sql}"):
            if time.monotonic() - begun > PATIENCE:
                raise RuntimeError(f"this is not so after {PATIENCE:.0f} s: {sql}")
            time.sleep(0.01)
        return time.monotonic() - begun

    def fill(self) -> None:
        with servers.serving(servers.parhelion(self.app), self.app) as server:
            side = beside(server)
            said(server, "POST", side.messages, json.loads(BODY))
        numbers = {"conversations": self.messages // EACH, "messages": self.messages, "days": DAYS}
        numbers["full"] = max(1, self.messages // ONE_IN // FULL)
        numbers["step"] = DAYS * 86_400 * 65_536 // self.messages
        begun = time.monotonic()
        first = "delete from event where type <> 'conversation:message' or position < (select max(position) from event)"
        only = "delete from message where id < (select max(id) from message)"
        ask(self.database, first, only, FIRST.format(**numbers))
        for statement in FILL:
            ask(self.database, statement.format(**numbers))
        ask(self.database, "vacuum analyze")
        tell("filled in", time.monotonic() - begun, "s")


def weigh(large: Large) -> None:
    for name, heap, indexes, rows in ask(large.database, SIZES):
        tell(f"{name}: rows", rows, "")
        tell(f"{name}: table, a row", heap / rows, "B")
        tell(f"{name}: indexes, a row", indexes / rows, "B")


def expire(large: Large, several: int, begun: float) -> None:
    """What has been too old for long goes when a server starts."""
    large.until(f"not exists (select 1 from event where position = (select min(position) from event) and {TOO_OLD})")
    tell("events that are too old: gone", several / (time.monotonic() - begun), "rows/s")


def compare(large: servers.Server, paths: list[str], empty: Side) -> None:
    asked: tuple[tuple[str, str, str, int], ...] = (
        ("post", "POST", "", 1000),
        ("list the newest 100", "GET", "", 1000),
        ("list the oldest 100", "GET", f"?{OLDEST}", 1000),
    )
    for what, method, more, times in asked:
        sides = [
            {"port": large.port, "authorization": large.authorization, "paths": [path + more for path in paths]},
            {"port": empty.server.port, "authorization": empty.server.authorization, "paths": [empty.messages + more]},
        ]
        found = turns(sides=sides, method=method, times=times, body=BODY if method == "POST" else "")
        tell(f"{what}, p50", found["p50"][0] * 1e6, "µs")
        tell(f"{what}, p50, an empty store", found["p50"][1] * 1e6, "µs")


def pour(server: servers.Server, paths: list[str], seconds: float, **more: Any) -> dict[str, Any]:
    asked = {"connections": 64, "warm": 0.0, "method": "POST", "body": BODY, **more}
    return load(port=server.port, authorization=server.authorization, seconds=seconds, paths=paths, **asked)


def log(large: Large, server: servers.Server, paths: list[str]) -> None:
    """What posts write ahead, and work for: just after a checkpoint pages are written whole."""
    ask(large.database, "checkpoint")
    for when in ("just after a checkpoint", "10 s later"):
        before = _state(large, server)
        found = pour(server, paths, 10.0)
        time.sleep(1.0)  # until statistics are told
        grown = [after - each for after, each in zip(_state(large, server), before, strict=True)]
        written, pages, updates, in_place, serving, keeping = grown
        tell(f"posts, 64 connections, {when}", found["rate"], "/s")
        tell(f"log of a post, {when}", written / found["done"], "B")
        tell(f"whole pages of a post, {when}", pages / found["done"], "", 2)
        tell("updates of conversation that stay on their page", 100 * in_place / updates, "%", 1)
        tell("the server's CPU for a post", serving / found["done"] * 1e6, "µs")
        tell("PostgreSQL's CPU for a post", keeping / found["done"] * 1e6, "µs")


def _state(large: Large, server: servers.Server) -> list[float]:
    keeping = sum(machine.cpu_until_now(pid) for (pid,) in ask(large.database, WORKING))
    written, updates = ask(large.database, WRITTEN)[0], ask(large.database, UPDATES.format("conversation"))[0]
    return [*written, *updates, machine.cpu_until_now(server.process.pid), keeping]


def clear(large: Large, server: servers.Server, full: str, others: list[str]) -> None:
    """A full conversation is emptied while others post."""
    found: dict[str, Any] = {}
    posting = threading.Thread(target=lambda: found.update(pour(server, others, 8.0, connections=16, trace=True)))
    posting.start()
    time.sleep(3.0)
    path, several = f"{server.conversations}/{full}/messages", large.one(COUNT.format(full))
    cleared = time.monotonic()
    said(server, "DELETE", path)
    gone = cleared + large.until("not exists (select 1 from conversation_to_sweep)")
    posting.join()
    tell(f"{several:,} messages of a conversation are gone after", gone - cleared, "s", 2)
    for when, took in (
        ("before", sorted(took for at, took in found["trace"] if at < cleared)),
        ("meanwhile", sorted(took for at, took in found["trace"] if cleared <= at - took and at <= gone)),
    ):
        tell(f"posts elsewhere {when}, p99", took[int(len(took) * 0.99)] * 1000, "ms", 1)


def vacuum(large: Large) -> None:
    for table in ("message", "event", "conversation"):
        begun = time.monotonic()
        ask(large.database, f"vacuum {table}")
        tell(f"vacuum {table}, all of it", time.monotonic() - begun, "s", 1)


def end(large: Large, server: servers.Server) -> None:
    """The whole app is deleted."""
    made = json.loads(machine.said([servers.PARHELION, "account", "key", *large.app.where, "--json"]))
    account = servers.Server(server.process, server.url, server.app, servers.basic(made))
    before, begun = large.one(PEOPLE), time.monotonic()
    said(account, "DELETE", f"/v2/apps/{server.app}")
    large.until("not exists (select 1 from participant)")
    tell("an app is deleted: conversations, users, participants", before / (time.monotonic() - begun), "rows/s")
    before, begun = large.one("select count(*) from message"), time.monotonic()
    time.sleep(10.0)
    gone = before - large.one("select count(*) from message")
    tell("and its messages", gone / (time.monotonic() - begun), "rows/s")


def main(messages: int) -> int:
    with ExitStack() as stack:
        place = stack.enter_context(folder())
        bases = [stack.enter_context(engine.database()) for _ in range(2)]
        apps = [servers.app(place / name, base) for name, base in zip(("large", "empty"), bases, strict=True)]
        large = Large(bases[0], apps[0], messages)
        large.fill()
        weigh(large)
        several, begun = large.one(f"select count(*) from event where {TOO_OLD}"), time.monotonic()
        running = [stack.enter_context(servers.serving(servers.parhelion(app), app)) for app in apps]
        expire(large, several, begun)
        some = ask(large.database, "select id from conversation where message_count between 100 and 20000 limit 500")
        paths = [f"{running[0].conversations}/{id}/messages" for (id,) in some]
        compare(running[0], paths, beside(running[1]))
        log(large, running[0], paths)
        full = large.one("select id from conversation order by message_count desc limit 1")
        clear(large, running[0], full, paths)
        vacuum(large)
        end(large, running[0])
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1].replace(",", "")) if sys.argv[1:] else MESSAGES))

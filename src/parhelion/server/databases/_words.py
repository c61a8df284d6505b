"""The one index that SQLite and PostgreSQL do not make alike: of the words of messages.

    create index message_by_words on message using words      in a migration
    from matching(:app, :conversation, :words) m              a message's columns, where it has all of the words, and
    m.place                                                   `place`, whose order is that of ids
    cursor(m.place), place(:cursor)                           the same as 24 hex digits, and back again
    findable(t)                                               whether a message that has words has a place there

`:words` has a blank between two words, and a "*" behind those that may go on; `:conversation` is "" for all of an app.

    SQLite       FTS5 without content: a table of its own, which triggers keep. Whoever takes a message away, takes its
                 words away: there is nothing else to do. Words that are made null are found out anew. FTS5 knows rows
                 by a number, and finds them in its order; so `message_place` has one for each message: the tick of its
                 id, and how many of that tick came before. (Two processes are rarely in one tick; other makers of ids
                 have all of a second in one.)
    PostgreSQL   a GIN index of the words as a tsvector, which is kept nowhere

Each word is indexed as APP_WORD, so nobody's search goes through the words of other apps; and each message under _ID of
its conversation. No word has a "_" in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

OWN = frozenset({"message_place", *(f"message_words{part}" for part in ("", "_config", "_data", "_idx"))})  # tables

_INDEX = re.compile(r"create index \w+ on message using words")
_ALL = "{0}.app_id || '_' || replace({0}.words, ' ', ' ' || {0}.app_id || '_') || ' _' || {0}.conversation_id"
_ASKED = """
    cast(:app as text) || '_' || replace(cast(:words as text), ' ', ' ' || cast(:app as text) || '_')
    || case cast(:conversation as text) when '' then '' else ' _' || cast(:conversation as text) end"""
_MATCHING = "matching(:app, :conversation, :words)"
_PLACE = re.compile(r"\bplace\((:\w+)\)")
_CURSOR = re.compile(r"\bcursor\(([\w.]+)\)")


def _hex(text: str, places: range) -> str:
    """What these digits of a text say, in SQLite: it has no word for that. What is none counts as 0."""
    number = "0"
    for place in places:
        number = f"({number} * 16 + instr('123456789abcdef', substr({text}, {place}, 1)))"
    return number


# A tick is 12 digits of an id, 48 bits: there is room for 32,768 in each. What comes beyond goes on in the next.
_ROOM = 32768
_TICK = f"(select {_hex('{0}.id', range(1, 13))} * {_ROOM} as tick)"  # worked out once
_NEAR = f"{_TICK} join message_place on place between tick and tick + {_ROOM - 1}"
_GONE = f"{_NEAR.format('old')} and id = old.id"
_ADD = f"""
    insert into message_place (place, app_id, conversation_id, id)
        select coalesce(max(place) + 1, tick), new.app_id, new.conversation_id, new.id
        from {_NEAR.replace(" join", " left join").format("new")};
    insert into message_words (rowid, words) values (last_insert_rowid(), {_ALL.format("new")});"""
_TAKE_AWAY = f"""
    insert into message_words (message_words, rowid, words) select 'delete', place, {_ALL.format("old")} from {_GONE};
    delete from message_place where place in (select place from {_GONE});"""
_IN_SQLITE = f"""
create virtual table message_words using fts5(words, content='', columnsize=0, detail=none,
    tokenize="ascii tokenchars '_'");
create table message_place (place integer primary key, app_id text not null, conversation_id text not null,
    id text not null);
create trigger message_said after insert on message when new.words <> '' begin {_ADD} end;
create trigger message_read after update of words on message when old.words is null and new.words <> '' begin
    {_ADD} end;
create trigger message_forgotten after update of words on message when old.words <> '' and new.words is null begin
    {_TAKE_AWAY} end;
create trigger message_gone after delete on message when old.words <> '' begin {_TAKE_AWAY} end"""
_MATCHING_IN_SQLITE = f"""(
    select message.*, found.rowid as place from message_words({_ASKED}) found
    cross join message_place p on p.place = found.rowid
    cross join message on message.app_id = p.app_id and message.conversation_id = p.conversation_id
        and message.id = p.id)"""

_FOUND_IN_SQLITE = f"""exists (
    select 1 from {_NEAR.format("t")} and message_place.id = t.id and message_place.conversation_id = t.conversation_id)
"""
# The next places, with the words of their messages: none for what is gone and was not taken out.
PLACES = """
    select p.place, p.app_id, p.conversation_id, m.words from message_place p
    left join message m on m.app_id = p.app_id and m.conversation_id = p.conversation_id and m.id = p.id
    where p.place > :after order by p.place limit :several"""
HAVE = "select rowid from message_words(:term) where rowid between :first and :last"
LOST = """
    select 1 from message_place p
    join message m on m.app_id = p.app_id and m.conversation_id = p.conversation_id and m.id = p.id
    where p.place = :place and m.words <> ''
    and not exists (select 1 from message_words(:term) found where found.rowid = p.place)"""
EMPTY = ("insert into message_words (message_words) values ('delete-all')", "delete from message_place")

_VECTOR = f"array_to_tsvector(string_to_array({_ALL.format('message')}, ' '))"
_ON_MESSAGE = _VECTOR.replace("message.", "")
_MATCHING_IN_POSTGRES = f"""(
    select message.*, id as place from message where words <> '' and {_VECTOR}
        @@ cast(replace(replace({_ASKED}, '*', ':*'), ' ', ' & ') as tsquery))"""


def made_in_sqlite(statement: str) -> str:
    """A statement of a migration."""
    return _IN_SQLITE if _INDEX.search(statement) else statement


def made_in_postgres(statement: str) -> str:
    """A statement of a migration."""
    its = f" using gin (({_ON_MESSAGE})) where words <> ''"
    return statement.replace(" using words", its) if _INDEX.search(statement) else statement


def looked_at_in_sqlite(sql: str) -> str:
    """What looks whether all is as it should be."""
    return sql.replace("findable(t)", _FOUND_IN_SQLITE)


def looked_at_in_postgres(sql: str) -> str:
    """The same. An index that is valid has what its table has: it is kept by the database, and not by triggers."""
    return sql.replace("findable(t)", "1 = 1")


def rarest(messages: Sequence[tuple[int, str, str]]) -> dict[int, str]:
    """Of some messages (place, app, words) the one word by which each is looked for: what the fewest of them have.

    FTS5 walks through all that have a word up to where it is asked for, so common words cost by the whole index.
    """
    count = Counter((app, word) for _, app, words in messages for word in set(words.split()))
    found: dict[int, str] = {}
    for place, app, words in messages:
        _, word = min((count[app, word], word) for word in words.split())
        found[place] = f"{app}_{word}"
    return found


@cache
def asked_in_sqlite(sql: str) -> str:
    """A search."""
    sql = _CURSOR.sub(r"format('%024x', \1)", sql.replace(_MATCHING, _MATCHING_IN_SQLITE))
    return _PLACE.sub(lambda found: _hex(found[1], range(9, 25)), sql)


@cache
def asked_in_postgres(sql: str) -> str:
    """A search."""
    return _PLACE.sub(r"cast(\1 as text)", _CURSOR.sub(r"\1", sql.replace(_MATCHING, _MATCHING_IN_POSTGRES)))

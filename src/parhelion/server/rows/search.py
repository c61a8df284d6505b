"""Searching messages, in SQL: by words, newest first.

A message and its words are one row, so they come and go together, whatever takes messages away. Who wrote a message
before there were words has left them out (null): they are added afterwards, if the message is still there.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..ports import Database, Row, Step, Values, Write

NEWEST = "f" * 24  # a cursor above every place

_PAGE = """
    select cursor(m.place), m.conversation_id, m.body from matching(:app, :conversation, :words) m
    join conversation c on c.app_id = :app and c.id = m.conversation_id and m.id > c.cleared_id
    where m.app_id = :app {} and m.place {} place(:cursor) order by m.place {} limit :several"""
_HERE = "and m.conversation_id = :conversation"
PAGES = {
    (here, back): _PAGE.format(_HERE if here else "", ">" if back else "<", "asc" if back else "desc")
    for here in (False, True)
    for back in (False, True)
}
_UNREAD = "select app_id, conversation_id, id, body from message where words is null limit :several"
_READ = (
    Step(
        """
    update message set words = :words
    where app_id = :app and conversation_id = :conversation and id = :id and words is null""",
        "gone, or read by another",
    ),
)


async def page(
    database: Database, app: str, conversation: str, words: Sequence[str], cursor: str, several: int, *, back: bool
) -> list[Row]:
    """(cursor, conversation, body) of messages in sight that have all of the words, next to a cursor, nearest first.

    `conversation`: "" for all of the app. `back`: those that are newer than the cursor.
    """
    asked = " ".join(words)
    values: Values = {"app": app, "conversation": conversation, "words": asked, "cursor": cursor, "several": several}
    return await database.search(PAGES[conversation != "", back], values)


async def unread(database: Database, several: int) -> list[Row]:
    """Messages whose words are not known yet: (app, conversation, id, body)"""
    return await database.read_all(_UNREAD, {"several": several})


def read(app: str, conversation: str, id: str, words: str) -> Write:
    return Write(conversation, _READ, {"app": app, "conversation": conversation, "id": id, "words": words})

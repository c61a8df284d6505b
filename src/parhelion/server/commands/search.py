"""Search: what is asked for in words, found by rows, and shown with the place where it stands."""

from __future__ import annotations

import re

import msgspec

from ...operations import Search
from ...wire import BadRequest, Message, Page, SearchPiece, SearchQuery, SearchResultListResponse
from ...wire.reading import decoder
from ...wire.writing import write as to_json
from .. import rows
from ..ports import Row
from ..rules.words import MOST_ASKED, asked_for, shown, texts_of
from ._pages import page_of
from ._serves import Context, Said, serves

_CURSOR = re.compile("[0-9a-f]{24}")


class _Result(msgspec.Struct, rename="camel"):
    """A `SearchResult` whose message is the bytes that are stored."""

    conversation_id: str
    message: msgspec.Raw
    highlight: list[SearchPiece]


@serves(Search.messages)
async def messages(
    context: Context, query: SearchQuery, *, conversation_id: str | None = None, page: Page | None = None
) -> Said[SearchResultListResponse]:
    asked = asked_for(query)
    if not asked:
        raise BadRequest("query: should have a word in it, of letters or digits")
    if len(asked) > MOST_ASKED:
        raise BadRequest(f"query: should have at most {MOST_ASKED} words")
    if conversation_id is not None:
        await context.conversation(conversation_id)

    async def near(cursor: str, several: int, *, back: bool) -> list[Row]:
        found = await rows.search.page(
            context.database, context.app_id, conversation_id or "", asked, _place(cursor), several, back=back
        )
        return [(place, to_json(_result(conversation, bytes(body), asked))) for place, conversation, body in found]

    more = {"query": query, "conversationId": conversation_id}
    return Said(await page_of(context, "results", page, near, asked=more))


def _place(cursor: str) -> str:
    if not cursor:
        return rows.search.NEWEST
    if not _CURSOR.fullmatch(cursor):
        raise BadRequest("page: should have a cursor that was answered with a page")
    return cursor


def _result(conversation: str, body: bytes, asked: list[str]) -> _Result:
    message: Message = decoder(Message).decode(body)
    pieces = shown(texts_of(message.content, message.author), asked)
    highlight = [SearchPiece(text=piece.text, matched=piece.matched) for piece in pieces]
    return _Result(conversation_id=conversation, message=msgspec.Raw(body), highlight=highlight)

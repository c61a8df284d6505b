"""Search. Ours: the hosted service does not look into messages."""

from __future__ import annotations

from ..wire import ConversationNotFound, Page, SearchQuery, SearchResultListResponse
from ._callers import C_co, Resource
from ._operation import GET, Walk


class Search(Resource[C_co]):
    """Finding what was said. Only Parhelion's own server knows this operation."""

    @GET("SearchMessages", "/parhelion/v1/apps/{app_id}/search", errors=(ConversationNotFound,))
    def messages(
        self, query: SearchQuery, *, conversation_id: str | None = None, page: Page | None = None
    ) -> SearchResultListResponse:
        """Messages of an app, or of one conversation, that have every word of `query` in them, newest first.

        A word finds all that begin with it: "hel wor" finds "Hello, world!". One of a single letter finds only itself.
        Case and accents do not matter, nor does anything that is neither letter nor digit. Where no blanks
        stand between words, as in Chinese, Japanese and Thai, any two characters in a row count as one.

        Looked through is what people read: texts, titles, descriptions, buttons, alternative texts and names of files,
        labels and answers of forms, places; and the author's display name as it stands at the message. A message is
        found as soon as its post is answered, and no longer once its deletion is.

        Limits: 200 characters, 32 words; pages of 25 results, or of `page.size`; the first 5000 words of a message, the
        first 40 letters of each.

        Errors: `BadRequest` with the field (no word, too many, both cursors), `ConversationNotFound`.

            for found in client.search.messages("invoice ada").results:
                print(found.conversation_id, found.message.received)
                print("".join(piece.text.upper() if piece.matched else piece.text for piece in found.highlight))

        Source: ours.
        """
        ...

    iterate = Walk(
        messages,
        """All that is found, newest first, page after page as they are asked for: the arguments of `messages`.

            for found in client.search.iterate("invoice", conversation_id=conversation_id):
                print(found.message.received, found.message.content)

        In an AsyncClient: `async for found in client.search.iterate("invoice")`.
        """,
    )

"""Messages."""

from __future__ import annotations

from ..wire import (
    ConversationNotFound,
    IntegrationNotFound,
    Locked,
    MessageListResponse,
    MessageNotFound,
    MessagePost,
    MessagePostResponse,
    Page,
    UserNotFound,
)
from ._operation import DELETE, GET, POST, C_co, Resource, Walk

PATH = "/v2/apps/{app_id}/conversations/{conversation_id}/messages"


class Messages(Resource[C_co]):
    """What is said in a conversation."""

    @POST(
        "PostMessage",
        PATH,
        status=201,
        errors=(ConversationNotFound, UserNotFound, IntegrationNotFound, Locked),
    )
    def post(self, conversation_id: str, body: MessagePost) -> MessagePostResponse:
        """Send a message into a conversation, as the business or as a user who takes part in it.

        The answer holds the message as it was stored: with its id and time, Markdown turned into HTML, and the text
        that channels without rich content show. Numbers of payment cards are masked and users without a name get one
        when the app's settings say so. A user who speaks has read what was said before.

        Limits: a body of 100 kB, texts of 4096 characters, metadata of 4096 bytes, 30,000 messages a conversation.

        Errors: `BadRequest` with one entry a fault (also when the author does not take part, or has no client that
        the destination means), `ConversationNotFound`, `UserNotFound` (the author), `IntegrationNotFound` (the
        destination), `Locked` when the conversation is full.

            posted = client.messages.post(
                conversation_id,
                MessagePost(author=Author(type="business"), content=TextMessage(text="Hello!")),
            )
            print(posted.messages[0].id)

        Source: PostMessage in the API's specification, 17.12.1.
        """
        ...

    @GET("ListMessages", PATH, errors=(ConversationNotFound,))
    def list(self, conversation_id: str, *, page: Page | None = None) -> MessageListResponse:
        """One page of a conversation's messages: 100 at the most, oldest to newest, the newest page first.

        Walk back with `Page(before=answer.meta.before_cursor)`, forward with `after`; or let `iterate` do it. A
        cursor stays good when its message is deleted. A page's `size` is ignored.

        Errors: `BadRequest` (both cursors, or one that is not 24 characters), `ConversationNotFound`.

            for message in client.messages.list(conversation_id).messages:
                print(message.received, message.content)

        Source: ListMessages in the API's specification, 17.12.1.
        """
        ...

    iterate = Walk(
        list,
        """Every message of a conversation, newest first, page after page as they are asked for.

        With `page=Page(after=...)` it walks forward from there instead, oldest first; with `before`, back from there.
        What is posted meanwhile is not met walking back; what is deleted meanwhile may be. Errors as those of `list`.

            for message in client.messages.iterate(conversation_id):
                print(message.received, message.content)

        In an AsyncClient: `async for message in client.messages.iterate(conversation_id)`.
        """,
    )

    @DELETE("DeleteAllMessages", PATH, errors=(ConversationNotFound,))
    def delete_all(self, conversation_id: str) -> None:
        """Delete every message of a conversation, and the attachments that were uploaded for them.

        The conversation and its participants stay, and it has room for 30,000 messages again. Takes the same short
        time however many there are.

        Errors: `ConversationNotFound`.

            client.messages.delete_all(conversation_id)

        Source: DeleteAllMessages in the API's specification, 17.12.1.
        """
        ...

    @DELETE("DeleteMessage", PATH + "/{message_id}", errors=(ConversationNotFound, MessageNotFound))
    def delete(self, conversation_id: str, message_id: str) -> None:
        """Delete one message, and the attachments that were uploaded for it and that no other message shows.

        Errors: `ConversationNotFound`, `MessageNotFound` (also when it was deleted before).

            client.messages.delete(conversation_id, message_id)

        Source: DeleteMessage in the API's specification, 17.12.1; that a second delete is refused is our choice.
        """
        ...

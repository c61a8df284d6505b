"""Messages."""

from __future__ import annotations

from ..wire import (
    ApiError,
    AttachmentDeleteBody,
    Author,
    Conversation,
    ConversationNotFound,
    FileMessage,
    ImageMessage,
    IntegrationNotFound,
    Locked,
    MessageListResponse,
    MessageNotFound,
    MessagePost,
    MessagePostResponse,
    Page,
    User,
    UserNotFound,
)
from . import _short
from ._callers import C_co, Resource, Steps
from ._operation import DELETE, GET, POST, File, Recipe, Walk, asked
from .attachments import Attachments

PATH = "/v2/apps/{app_id}/conversations/{conversation_id}/messages"


class Messages(Resource[C_co]):
    """What is said in a conversation."""

    @POST.shortly(
        _short.message,
        "PostMessage",
        PATH,
        status=201,
        errors=(ConversationNotFound, UserNotFound, IntegrationNotFound, Locked),
    )
    def post(self, conversation_id: str, body: MessagePost) -> MessagePostResponse:
        """Send a message into a conversation, as the business or as a user who takes part in it.

        `body` is a `MessagePost`; or shorter, any content, or just a text. Then the business speaks, unless `author` is
        another `Author` or a `User`; `replies` are texts to choose from and `links` texts with addresses, shown as
        buttons. `conversation_id` may be a `Conversation`.

        The answer holds the message as it was stored: with its id and time, Markdown turned into HTML, and the text
        that channels without rich content show. Numbers of payment cards are masked and users without a name get one
        when the app's settings say so. A user who speaks has read what was said before.

        Limits: a body of 100 kB, texts of 4096 characters, metadata of 4096 bytes, 30,000 messages a conversation.

        Errors: `BadRequest` with one entry a fault (also when the author does not take part, or has no client that
        the destination means), `ConversationNotFound`, `UserNotFound` (the author), `IntegrationNotFound` (the
        destination), `Locked` when the conversation is full.

            client.messages.post(conversation_id, "Hello! Tea or coffee?", replies=["Tea", "Coffee"])
            posted = client.messages.post(
                conversation_id,
                MessagePost(
                    author=Author(type="business", display_name="Ada"),
                    content=TextMessage(markdown_text="Both are **hot**."),
                    metadata={"order": "17"},
                ),
            )
            print(posted.messages[0].id)

        Source: PostMessage in the API's specification, 17.12.1.
        """
        ...

    @Recipe
    def post_file(
        self,
        conversation_id: str | Conversation,
        source: File,
        *,
        text: str | None = None,
        alt_text: str | None = None,
        author: Author | User | None = None,
    ) -> Steps[MessagePostResponse]:
        """Upload a file and send it into a conversation: a picture as an image message, all else as a file message.

        `source` is what `attachments.upload` takes. The file is uploaded with `for="message"`: it goes when its message
        goes. When the message is refused, the file is deleted again.

        Limits and errors: those of `attachments.upload` and of `post`.

            client.messages.post_file(conversation_id, "sun.png", text="The sun, with two dogs")
        """
        conversation = _short.id_of(conversation_id)
        uploaded = yield from asked(
            Attachments.upload, source, access="public", for_="message", conversation_id=conversation
        )
        attachment = uploaded.attachment
        is_picture = (attachment.media_type or "").startswith("image/")
        content = (ImageMessage if is_picture else FileMessage)(
            media_url=attachment.media_url, text=text, alt_text=alt_text
        )
        body = MessagePost(author=_short.speaker(author), content=content)
        try:
            return (yield from asked(Messages.post, conversation, body))
        except ApiError as refused:
            try:
                yield from asked(Attachments.delete, AttachmentDeleteBody(media_url=attachment.media_url))
            except ApiError as left:
                refused.add_note(f"The file is still there, at {attachment.media_url}: {left}")
            raise

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

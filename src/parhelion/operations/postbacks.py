"""Postbacks. Ours: the hosted service hears of pressed buttons from its SDKs and channels only."""

from __future__ import annotations

from ..wire import (
    ConversationNotFound,
    Locked,
    MessageNotFound,
    MessagePostResponse,
    PostbackPost,
    UserNotFound,
)
from ._callers import C_co, Resource
from ._operation import POST


class Postbacks(Resource[C_co]):
    """Buttons that are pressed. Only Parhelion's own server knows this operation."""

    @POST(
        "PostPostback",
        "/parhelion/v1/apps/{app_id}/conversations/{conversation_id}/postbacks",
        status=201,
        errors=(ConversationNotFound, UserNotFound, MessageNotFound, Locked),
    )
    def post(self, conversation_id: str, body: PostbackPost) -> MessagePostResponse:
        """Press a postback button of a message, as a user who takes part in the conversation.

        What a person does in an app or on a channel, for tests of bots and for whoever builds an own chat window. The
        message has the button under it or on one of its cards, and the button is known by its payload. When the app's
        setting `echo_postback` is on, the button's text is written into the conversation as a message of the user, and
        that message is answered; otherwise nothing is written and the list is empty.

        Errors: `BadRequest` (the author is not a user who takes part; the message has no such button),
        `ConversationNotFound`, `UserNotFound` (the author), `MessageNotFound` (also when it was deleted), `Locked`
        when the conversation is full and there is something to write.

            author = Author(type="user", user_external_id="ada")
            client.postbacks.post(conversation_id, PostbackPost(author=author, message_id=message.id, payload="TEA"))

        Source: ours. The hosted service has no such operation; what follows from a press is that of its setting
        echoPostback.
        """
        ...

"""Activities."""

from __future__ import annotations

from ..wire import ActivityPost, ConversationNotFound, UserNotFound
from ._callers import C_co, Resource
from ._operation import POST


class Activities(Resource[C_co]):
    """What is done in a conversation beside talking."""

    @POST(
        "PostActivity",
        "/v2/apps/{app_id}/conversations/{conversation_id}/activity",
        errors=(ConversationNotFound, UserNotFound),
    )
    def post(self, conversation_id: str, body: ActivityPost) -> None:
        """Tell that somebody read the conversation, or that the business is typing.

        Read by the business, it moves the conversation's `business_last_read`; read by a user who takes part, their
        `last_read`, and nothing is unread to them any more. Of typing nothing is kept.

        Errors: `BadRequest` (a user can only read, and only where they take part), `ConversationNotFound`,
        `UserNotFound`.

            read = ActivityPost(author=Author(type="user", user_external_id="ada"), type="conversation:read")
            client.activities.post(conversation_id, read)

        Source: PostActivity in the API's specification, 17.12.1.
        """
        ...

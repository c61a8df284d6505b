"""Participants."""

from __future__ import annotations

from ..wire import (
    ConversationNotFound,
    NotAMember,
    Page,
    ParticipantJoinBody,
    ParticipantLeaveBody,
    ParticipantListResponse,
    ParticipantResponse,
    UserNotFound,
)
from ._callers import C_co, Resource
from ._operation import GET, POST, Walk

PATH = "/v2/apps/{app_id}/conversations/{conversation_id}"


class Participants(Resource[C_co]):
    """Who takes part in a conversation."""

    @POST("JoinConversation", PATH + "/join", status=201, errors=(ConversationNotFound, UserNotFound))
    def join(self, conversation_id: str, body: ParticipantJoinBody) -> ParticipantResponse:
        """Add a user to an sdkGroup conversation. A user who takes part already stays as they are.

        What was said before they came is not counted as unread. With `subscribe_sdk_client=True` their SDK client
        takes part too; it is made when they have none.

        Limits: 100 participants; one conversation a user where the app's settings say `multi_convo_enabled=False`.
        Errors: `BadRequest` (also for a personal conversation), `ConversationNotFound`, `UserNotFound`.

            body = ParticipantJoinBody(user_external_id="ada", subscribe_sdk_client=True)
            print(client.participants.join(conversation_id, body).participant.id)

        Source: JoinConversation in the API's specification, 17.12.1; the number of participants is our choice.
        """
        ...

    @GET("ListParticipants", PATH + "/participants", errors=(ConversationNotFound,))
    def list(self, conversation_id: str, *, page: Page | None = None) -> ParticipantListResponse:
        """One page of a conversation's participants, oldest first: 25 unless `page` says otherwise, 100 at the most.

        Errors: `BadRequest` for a page that is not one, `ConversationNotFound`.

            for participant in client.participants.list(conversation_id).participants:
                print(participant.user_id, participant.unread_count)

        Source: ListParticipants in the API's specification, 17.12.1.
        """
        ...

    iterate = Walk(
        list,
        """Every participant of a conversation, oldest first, page after page as they are asked for.

        `page=Page(size=100)` asks for larger pages. Errors as those of `list`.

            for participant in client.participants.iterate(conversation_id):
                print(participant.user_id, participant.unread_count)

        In an AsyncClient: `async for participant in client.participants.iterate(conversation_id)`.
        """,
    )

    @POST("LeaveConversation", PATH + "/leave", errors=(ConversationNotFound, UserNotFound, NotAMember))
    def leave(self, conversation_id: str, body: ParticipantLeaveBody) -> None:
        """Take a user out of an sdkGroup conversation, with their clients. What they said stays.

        Errors: `BadRequest` (also for a personal conversation, which is nothing without its user), `NotAMember`,
        `ConversationNotFound`, `UserNotFound`.

            client.participants.leave(conversation_id, ParticipantLeaveBody(user_external_id="ada"))

        Source: LeaveConversation in the API's specification, 17.12.1.
        """
        ...

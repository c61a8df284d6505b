"""Conversations."""

from __future__ import annotations

from ..wire import AppNotFound, ConversationCreateBody, ConversationNotFound, ConversationResponse, UserNotFound
from ._operation import GET, POST, C_co, Resource


class Conversations(Resource[C_co]):
    """Where messages are exchanged."""

    @POST("CreateConversation", "/v2/apps/{app_id}/conversations", status=201, errors=(AppNotFound, UserNotFound))
    def create(self, body: ConversationCreateBody) -> ConversationResponse:
        """Start a conversation: "personal" with exactly one user, or "sdkGroup" with none to ten.

        The first personal conversation of a user is their default one. Limits: names and descriptions of 1 to 100
        characters, metadata of 4096 bytes. Errors: `BadRequest`, `UserNotFound`.

            conversation = client.conversations.create(
                ConversationCreateBody(type="personal", participants=[ParticipantSub(user_external_id="ada")])
            ).conversation

        Source: CreateConversation in the API's specification, 17.12.1.
        """
        ...

    @GET("GetConversation", "/v2/apps/{app_id}/conversations/{conversation_id}", errors=(ConversationNotFound,))
    def get(self, conversation_id: str) -> ConversationResponse:
        """A conversation. Its participants are listed apart. Errors: `ConversationNotFound`.

            print(client.conversations.get(conversation_id).conversation.last_updated_at)

        Source: GetConversation in the API's specification, 17.12.1.
        """
        ...

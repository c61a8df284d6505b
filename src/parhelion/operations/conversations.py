"""Conversations."""

from __future__ import annotations

from typing import Any

from ..wire import (
    AppNotFound,
    Conversation,
    ConversationCreateBody,
    ConversationListFilter,
    ConversationListResponse,
    ConversationNotFound,
    ConversationResponse,
    ConversationUpdateBody,
    ConversionEventsBody,
    ConversionEventsResponse,
    DownloadMessageRefBody,
    NotSupported,
    Page,
    ParticipantSub,
    RecentConversationListResponse,
    User,
    UserNotFound,
)
from . import _short
from ._callers import C_co, Resource, Steps
from ._operation import DELETE, GET, PATCH, POST, Recipe, Walk, asked

PATH = "/v2/apps/{app_id}/conversations"
ONE = PATH + "/{conversation_id}"


class Conversations(Resource[C_co]):
    """Where messages are exchanged."""

    @POST("CreateConversation", PATH, status=201, errors=(AppNotFound, UserNotFound))
    def create(self, body: ConversationCreateBody) -> ConversationResponse:
        """Start a conversation: "personal" with exactly one user, or "sdkGroup" with none to ten.

        The first personal conversation of a user is their default one. With `subscribe_sdk_client=True` a
        participant's SDK client takes part too; it is made when the user has none. Where the app's settings say
        `multi_convo_enabled=False`, a user can be in one conversation only.

        Limits: names and descriptions of 1 to 100 characters, metadata of 4096 bytes. Errors: `BadRequest`,
        `UserNotFound`.

            conversation = client.conversations.create(
                ConversationCreateBody(type="personal", participants=[ParticipantSub(user_external_id="ada")])
            ).conversation

        Source: CreateConversation in the API's specification, 17.12.1.
        """
        ...

    @Recipe
    def start(
        self, user: str | User, *, display_name: str | None = None, metadata: dict[str, Any] | None = None
    ) -> Steps[Conversation]:
        """Start a personal conversation with a user, named by id or as a `User`. Errors: those of `create`.

        conversation = client.conversations.start(user_id)
        client.messages.post(conversation, "Hello!")
        """
        body = ConversationCreateBody(
            type="personal",
            participants=[ParticipantSub(user_id=_short.id_of(user))],
            display_name=display_name,
            metadata=metadata,
        )
        return (yield from asked(Conversations.create, body)).conversation

    @GET("ListConversations", PATH, errors=(UserNotFound,))
    def list(self, filter: ConversationListFilter, *, page: Page | None = None) -> ConversationListResponse:
        """One page of the conversations that a user is in, oldest first: 25 unless `page` says otherwise, 100 at most.

        Errors: `BadRequest` (not exactly one of the two ways to name a user, or a page that is not one),
        `UserNotFound`.

            answer = client.conversations.list(ConversationListFilter(user_external_id="ada"))
            for conversation in answer.conversations:
                print(conversation.id, conversation.display_name)

        Source: ListConversations in the API's specification, 17.12.1.
        """
        ...

    iterate = Walk(
        list,
        """Every conversation that a user is in, oldest first, page after page as they are asked for.

        `page=Page(size=100)` asks for larger pages. Errors as those of `list`.

            for conversation in client.conversations.iterate(ConversationListFilter(user_external_id="ada")):
                print(conversation.id, conversation.display_name)

        In an AsyncClient: `async for conversation in client.conversations.iterate(...)`.
        """,
    )

    @GET("ListAppConversations", "/parhelion/v1/apps/{app_id}/conversations")
    def recent(self, *, page: Page | None = None) -> RecentConversationListResponse:
        """One page of all conversations of the app, the one that was last spoken in first: 25 unless `page` says
        otherwise, 100 at most. Only Parhelion's own server knows this operation.

        Each comes with its last message, its first three users, how many more there are, and how many of its newest
        100 messages users have said since the business has read it. `page.after` goes on to what is older. Who walks
        on meets no conversation twice: one that is spoken in meanwhile moves to the front, behind the walk.

        Errors: `BadRequest` (both cursors, or one that was not answered with a page).

            for each in client.conversations.recent().conversations:
                print(each.conversation.id, each.unread_count, each.last_message and each.last_message.content)

        Source: ours.
        """
        ...

    iterate_recent = Walk(
        recent,
        """Every conversation of the app, the one that was last spoken in first: the arguments of `recent`.

            for each in client.conversations.iterate_recent():
                print(each.conversation.id, each.unread_count)
        """,
    )

    @GET("GetConversation", ONE, errors=(ConversationNotFound,))
    def get(self, conversation_id: str) -> ConversationResponse:
        """A conversation. Its participants are listed apart. Errors: `ConversationNotFound`.

            print(client.conversations.get(conversation_id).conversation.last_updated_at)

        Source: GetConversation in the API's specification, 17.12.1.
        """
        ...

    @PATCH("UpdateConversation", ONE, errors=(ConversationNotFound,))
    def update(self, conversation_id: str, body: ConversationUpdateBody) -> ConversationResponse:
        """Change a conversation's name, description, icon or metadata.

        What the body does not say stays, and None takes away. Metadata is changed key by key: a key that is None
        goes, one that is not mentioned stays. `last_updated_at` is not moved: it tells of messages.

        Limits: names and descriptions of 1 to 100 characters, metadata of 4096 bytes once changed. Errors:
        `BadRequest`, `ConversationNotFound`.

            client.conversations.update(
                conversation_id,
                ConversationUpdateBody(display_name="Support", icon_url=None, metadata={"ticket": 7, "draft": None}),
            )

        Source: UpdateConversation in the API's specification, 17.12.1; how metadata is changed is our choice.
        """
        ...

    @DELETE("DeleteConversation", ONE, errors=(ConversationNotFound,))
    def delete(self, conversation_id: str) -> None:
        """Delete a conversation with its messages, and the attachments that were uploaded for it.

        A user's default conversation cannot be deleted; its messages can, with `messages.delete_all`. Errors:
        `BadRequest` for a default conversation, `ConversationNotFound`.

            client.conversations.delete(conversation_id)

        Source: DeleteConversation in the API's specification, 17.12.1.
        """
        ...

    @POST("DownloadMessageRef", ONE + "/download", errors=(ConversationNotFound, UserNotFound, NotSupported))
    def download_message_ref(self, conversation_id: str, body: DownloadMessageRefBody) -> dict[str, Any]:
        """What a reference that came from Apple Messages for Business stands for.

        Only the hosted service can do this: this project's server reaches no channel, and says so instead of
        answering with nothing. Errors: `BadRequest`, `NotSupported`, `ConversationNotFound`, `UserNotFound`.

            ref = InteractiveDataRef(url=url, bid=bid, key=key, signature=signature, owner=owner)
            body = DownloadMessageRefBody(user_id=user_id, apple=AppleMessageRef(interactive_data_ref=ref))
            print(client.conversations.download_message_ref(conversation_id, body))

        Source: DownloadMessageRef in the API's specification, 17.12.1.
        """
        ...

    @POST("PostConversionEvents", ONE + "/conversionEvents", errors=(ConversationNotFound, NotSupported))
    def post_conversion_events(self, conversation_id: str, body: ConversionEventsBody) -> ConversionEventsResponse:
        """Tell Messenger, Instagram or WhatsApp what a person did after talking there.

        Only the hosted service can do this: this project's server reaches no channel, and says so instead of
        counting events that nobody received. Errors: `BadRequest`, `NotSupported`, `ConversationNotFound`.

            event = {"event_name": "Purchase", "event_time": 1752161233, "action_source": "business_messaging"}
            told = MetaConversionEvent(payload=MetaConversionEventPayload(data=[event]))
            client.conversations.post_conversion_events(conversation_id, ConversionEventsBody(whatsapp=told))

        Source: PostConversionEvents in the API's specification, 17.12.1.
        """
        ...

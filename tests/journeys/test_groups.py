"""A group from its first participant to its end, by a program written for parhelion.Client."""

from __future__ import annotations

import asyncio

import pytest

from parhelion import (
    ActivityPost,
    AppleMessageRef,
    AsyncClient,
    Author,
    Client,
    ConversationCreateBody,
    ConversationListFilter,
    ConversationNotFound,
    ConversationUpdateBody,
    ConversionEventsBody,
    DownloadMessageRefBody,
    InteractiveDataRef,
    MessagePost,
    MetaConversionEvent,
    MetaConversionEventPayload,
    NotAMember,
    NotSupported,
    Page,
    ParticipantJoinBody,
    ParticipantLeaveBody,
    TextMessage,
)
from tests.live import Caller


def test_a_group_from_its_first_participant_to_its_end(app: Caller) -> None:
    ada, bob = app.user(externalId="ada"), app.user()
    with Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client:
        group = client.conversations.create(ConversationCreateBody(type="sdkGroup", display_name="Watch")).conversation
        join = ParticipantJoinBody(user_external_id="ada", subscribe_sdk_client=True)
        joined = client.participants.join(group.id, join).participant
        assert joined.client_associations
        assert [each.type for each in joined.client_associations] == ["sdk"]
        client.participants.join(group.id, ParticipantJoinBody(user_id=bob))
        client.messages.post(
            group.id, MessagePost(author=Author(type="user", user_id=bob), content=TextMessage(text="Look up"))
        )
        found = {each.user_id: each for each in client.participants.iterate(group.id, page=Page(size=1))}
        assert {user: each.unread_count for user, each in found.items()} == {ada: 1, bob: 0}
        ada_reads = ActivityPost(author=Author(type="user", user_external_id="ada"), type="conversation:read")
        assert client.activities.post(group.id, ada_reads) is None
        [mine, _] = client.participants.list(group.id).participants
        said = client.conversations.get(group.id).conversation
        assert (mine.unread_count, mine.last_read) == (0, said.last_updated_at)

        change = ConversationUpdateBody(display_name=None, metadata={"seen": True, "draft": None})
        changed = client.conversations.update(group.id, change).conversation
        assert (changed.display_name, changed.metadata) == (None, {"seen": True})
        second = client.conversations.create(ConversationCreateBody(type="sdkGroup")).conversation
        client.participants.join(second.id, ParticipantJoinBody(user_id=ada))
        walked = client.conversations.iterate(ConversationListFilter(user_external_id="ada"), page=Page(size=1))
        assert [each.id for each in walked] == [group.id, second.id]

        client.participants.leave(group.id, ParticipantLeaveBody(participant_id=mine.id))
        with pytest.raises(NotAMember):
            client.participants.leave(group.id, ParticipantLeaveBody(user_id=ada))
        client.conversations.delete(group.id)
        with pytest.raises(ConversationNotFound):
            client.conversations.get(group.id)


async def _walk(app: Caller, ada: str) -> list[str]:
    async with AsyncClient(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client:
        walked = client.conversations.iterate(ConversationListFilter(user_id=ada), page=Page(size=2))
        return [each.id async for each in walked]


def test_an_async_walk_over_conversations_meets_each_once(app: Caller) -> None:
    ada = app.user()
    made = [app.conversation(ada) for _ in range(5)]
    assert asyncio.run(_walk(app, ada)) == made


def test_what_only_the_hosted_service_can_do_is_an_error_of_its_own(app: Caller, conversation: str) -> None:
    ref = InteractiveDataRef(url="u", bid="b", key="k", signature="s", owner="o")
    event = MetaConversionEvent(payload=MetaConversionEventPayload(data=[{"event_name": "Purchase"}]))
    with Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client:
        body = DownloadMessageRefBody(user_id=app.user(), apple=AppleMessageRef(interactive_data_ref=ref))
        with pytest.raises(NotSupported):
            client.conversations.download_message_ref(conversation, body)
        with pytest.raises(NotSupported):
            client.conversations.post_conversion_events(conversation, ConversionEventsBody(whatsapp=event))

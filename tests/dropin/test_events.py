"""What webhooks bring, read by its old names."""

import sunshine_conversations_client as s

CONVERSATION = {"id": "c", "type": "personal", "activeSwitchboardIntegration": {"id": "s", "name": "bot"}}
MESSAGE = {
    "id": "m",
    "received": "2026-01-31T12:00:00.000Z",
    "author": {"userId": "u", "type": "user", "user": {"id": "u", "profile": {"givenName": "Ada"}}},
    "content": {"type": "text", "text": "Hello", "actions": [{"type": "reply", "text": "Yes", "payload": "Y"}]},
    "source": {"type": "web", "client": {"id": "k", "type": "sdk"}, "campaign": {"id": "sale"}},
}


def event(kind: str, **payload: object) -> dict:
    return {"id": "e", "createdAt": "2026-01-31T12:00:00.000Z", "type": kind, "payload": payload}


def test_a_message():
    said = event("conversation:message", conversation=CONVERSATION, message=MESSAGE, recentNotifications=[MESSAGE])
    read = s.ConversationMessageEvent.from_dict(said)
    assert (read.id, read.type, read.created_at) == ("e", "conversation:message", "2026-01-31T12:00:00.000Z")
    assert isinstance(read.payload, s.ConversationMessageEventAllOfPayload)
    assert isinstance(read.payload.message, s.MessageWebhook)
    assert read.payload.message.author.user.profile.given_name == "Ada"
    assert isinstance(read.payload.message.content.actual_instance, s.TextMessage)
    assert read.payload.message.source.campaign.id == "sale"
    assert isinstance(read.payload.message.source, s.MessageWebhookSource)
    assert isinstance(read.payload.message.source.client, s.Client)
    assert read.payload.conversation.active_switchboard_integration.name == "bot"
    assert [each.id for each in read.payload.recent_notifications] == ["m"]
    assert read.to_dict() == said


def test_others():
    read = s.ConversationTypingEvent.from_dict(
        event("conversation:typing", activity={"type": "typing:start", "author": {"type": "user", "userId": "u"}})
    )
    assert isinstance(read.payload.activity, s.ConversationTypingEventAllOfPayloadActivity)
    assert read.payload.activity.author.user_id == "u"
    failed = event("conversation:message:delivery:failure", error={"code": "gone"}, externalMessages=[{"id": "x"}])
    delivery = s.ConversationMessageDeliveryFailureEvent.from_dict(failed).payload
    assert (delivery.error.code, delivery.external_messages[0].id) == ("gone", "x")
    merged = event("user:merge", mergedUsers={"surviving": {"id": "a"}, "discarded": {"id": "b"}}, reason="api")
    assert s.UserMergeEvent.from_dict(merged).payload.merged_users.discarded.id == "b"
    passed = event("switchboard:passControl", conversation=CONVERSATION, metadata={"a": 1}, reason="ticketClosed")
    assert s.SwitchboardPassControl.from_dict(passed).payload.reason == "ticketClosed"


def test_what_is_not_known_is_kept():
    said = event("conversation:message", moon={"phaseOf": 3})
    read = s.ConversationMessageEvent.from_dict(said)
    assert read.payload.moon == {"phaseOf": 3}
    assert read.to_dict() == said

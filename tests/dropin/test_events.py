"""What webhooks bring, read by its old names."""

from typing import get_args

import sunshine_conversations_client as s
from parhelion.wire import AnyEvent, Event

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


def test_each_event_has_its_old_name_and_a_payload_that_is_a_model():
    for event_class in get_args(Event):
        name = event_class.__name__
        if not issubclass(event_class, AnyEvent) or name == "PassthroughMessagingEvent":  # 17 has no name for it
            continue
        old = getattr(s, name.removesuffix("Event") if name.startswith("Switchboard") else name)
        read = old.from_dict(event("said", conversation=CONVERSATION))
        assert type(read.payload).__name__.endswith("Payload"), name
        assert list(old.attribute_map) == ["id", "type", "created_at", "payload"]
        assert old.openapi_types["created_at"] == "str"
        assert old(id="e").type == event_class.__struct_config__.tag


def test_sources_are_the_models_that_they_were():
    source = {"type": "web", "client": {"id": "k", "type": "sdk"}}
    read = {"type": "typing:start", "source": source}
    for old, payload in (
        (s.ClientAddEvent, {"source": source}),
        (s.ClientRemoveEvent, {"source": source}),
        (s.UserUpdateEvent, {"source": source}),
    ):
        assert type(old.from_dict(event("x", **payload)).payload.source) is s.SourceWebhook
    activity = s.ConversationReadEvent.from_dict(event("conversation:read", activity=read)).payload.activity
    assert type(activity.source) is s.SourceWebhook
    assert isinstance(activity.source.client, s.Client)
    for old in (s.ConversationCreateEvent, s.ConversationPostbackEvent, s.ConversationReferralEvent):
        assert type(old.from_dict(event("x", source=source)).payload.source) is s.SourceWithCampaignWebhook


def test_errors_of_control_and_of_linking_are_plain_objects_as_they_were():
    error = {"code": "switchboard_invalid_target", "message": "No"}
    for old in (
        s.SwitchboardAcceptControlFailure,
        s.SwitchboardOfferControlFailure,
        s.SwitchboardPassControlFailure,
        s.ClientRemoveEvent,
    ):
        payload = old.from_dict(event("x", error=error, conversation=CONVERSATION)).payload
        assert payload.error["code"] == "switchboard_invalid_target"
        assert payload.conversation.id == "c"


def test_what_became_of_fields_that_came_later():
    author = {**MESSAGE["author"], "displayName": "Ada", "subtypes": ["AI"]}
    message = {**MESSAGE, "author": author, "references": [{"uri": "https://e.org"}]}
    read = s.ConversationMessageEvent.from_dict(event("conversation:message", message=message)).payload.message
    assert (read.author.display_name, read.author.subtypes, read.references[0].uri) == ("Ada", ["AI"], "https://e.org")

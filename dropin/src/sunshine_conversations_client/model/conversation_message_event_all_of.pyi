# Printed by stubs.py from the table and from parhelion.wire.
from .conversation_message_event import ConversationMessageEvent

ConversationMessageEventAllOf = ConversationMessageEvent

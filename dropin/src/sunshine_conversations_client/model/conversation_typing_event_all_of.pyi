# Printed by stubs.py from the table and from parhelion.wire.
from .conversation_typing_event import ConversationTypingEvent

ConversationTypingEventAllOf = ConversationTypingEvent

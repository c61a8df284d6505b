# Printed by stubs.py from the table and from parhelion.wire.
from .conversation_create_event import ConversationCreateEvent

ConversationCreateEventAllOf = ConversationCreateEvent

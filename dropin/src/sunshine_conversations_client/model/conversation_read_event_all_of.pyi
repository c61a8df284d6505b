# Printed by stubs.py from the table and from parhelion.wire.
from .conversation_read_event import ConversationReadEvent

ConversationReadEventAllOf = ConversationReadEvent

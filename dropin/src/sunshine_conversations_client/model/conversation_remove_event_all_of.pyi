# Printed by stubs.py from the table and from parhelion.wire.
from .conversation_remove_event import ConversationRemoveEvent

ConversationRemoveEventAllOf = ConversationRemoveEvent

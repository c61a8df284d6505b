# Printed by stubs.py from the table and from parhelion.wire.
from .conversation_join_event import ConversationJoinEvent

ConversationJoinEventAllOf = ConversationJoinEvent

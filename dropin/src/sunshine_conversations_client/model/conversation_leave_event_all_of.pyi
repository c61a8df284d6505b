# Printed by stubs.py from the table and from parhelion.wire.
from .conversation_leave_event import ConversationLeaveEvent

ConversationLeaveEventAllOf = ConversationLeaveEvent

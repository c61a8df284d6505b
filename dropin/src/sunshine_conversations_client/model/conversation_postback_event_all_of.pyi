# Printed by stubs.py from the table and from parhelion.wire.
from .conversation_postback_event import ConversationPostbackEvent

ConversationPostbackEventAllOf = ConversationPostbackEvent

# Printed by stubs.py from the table and from parhelion.wire.
from .conversation import Conversation

ConversationAllOf = Conversation

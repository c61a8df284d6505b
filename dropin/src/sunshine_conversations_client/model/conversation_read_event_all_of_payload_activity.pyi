# Printed by stubs.py from the table and from parhelion.wire.
from .activity import Activity

ConversationReadEventAllOfPayloadActivity = Activity

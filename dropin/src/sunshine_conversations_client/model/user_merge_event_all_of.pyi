# Printed by stubs.py from the table and from parhelion.wire.
from .user_merge_event import UserMergeEvent

UserMergeEventAllOf = UserMergeEvent

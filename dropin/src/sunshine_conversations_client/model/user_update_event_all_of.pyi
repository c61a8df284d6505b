# Printed by stubs.py from the table and from parhelion.wire.
from .user_update_event import UserUpdateEvent

UserUpdateEventAllOf = UserUpdateEvent

# Printed by stubs.py from the table and from parhelion.wire.
from .client_update_event import ClientUpdateEvent

ClientUpdateEventAllOf = ClientUpdateEvent

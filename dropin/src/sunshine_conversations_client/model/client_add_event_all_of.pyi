# Printed by stubs.py from the table and from parhelion.wire.
from .client_add_event import ClientAddEvent

ClientAddEventAllOf = ClientAddEvent

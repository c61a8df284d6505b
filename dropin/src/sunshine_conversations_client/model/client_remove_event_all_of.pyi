# Printed by stubs.py from the table and from parhelion.wire.
from .client_remove_event import ClientRemoveEvent

ClientRemoveEventAllOf = ClientRemoveEvent

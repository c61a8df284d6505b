# Printed by stubs.py from the table and from parhelion.wire.
from .whats_app_update import WhatsAppUpdate

WhatsAppUpdateAllOf = WhatsAppUpdate

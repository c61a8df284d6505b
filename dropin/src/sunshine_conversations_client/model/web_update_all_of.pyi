# Printed by stubs.py from the table and from parhelion.wire.
from .web_update import WebUpdate

WebUpdateAllOf = WebUpdate

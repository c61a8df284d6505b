# Printed by stubs.py from the table and from parhelion.wire.
from .web import Web

WebAllOf = Web

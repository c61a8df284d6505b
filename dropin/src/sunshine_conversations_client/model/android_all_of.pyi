# Printed by stubs.py from the table and from parhelion.wire.
from .android import Android

AndroidAllOf = Android

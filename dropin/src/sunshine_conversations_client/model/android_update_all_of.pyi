# Printed by stubs.py from the table and from parhelion.wire.
from .android_update import AndroidUpdate

AndroidUpdateAllOf = AndroidUpdate

# Printed by stubs.py from the table and from parhelion.wire.
from .unity_update import UnityUpdate

UnityUpdateAllOf = UnityUpdate

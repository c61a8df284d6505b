# Printed by stubs.py from the table and from parhelion.wire.
from .unity import Unity

UnityAllOf = Unity

# Printed by stubs.py from the table and from parhelion.wire.
from .custom_update import CustomUpdate

CustomUpdateAllOf = CustomUpdate

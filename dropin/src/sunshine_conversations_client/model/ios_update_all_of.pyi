# Printed by stubs.py from the table and from parhelion.wire.
from .ios_update import IosUpdate

IosUpdateAllOf = IosUpdate

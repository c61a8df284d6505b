# Printed by stubs.py from the table and from parhelion.wire.
from .ios import Ios

IosAllOf = Ios

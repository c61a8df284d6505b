# Printed by stubs.py from the table and from parhelion.wire.
from .apple import Apple

AppleAllOf = Apple

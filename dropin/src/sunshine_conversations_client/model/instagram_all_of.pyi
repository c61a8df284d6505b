# Printed by stubs.py from the table and from parhelion.wire.
from .instagram import Instagram

InstagramAllOf = Instagram

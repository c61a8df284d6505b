# Printed by stubs.py from the table and from parhelion.wire.
from .twitter import Twitter

TwitterAllOf = Twitter

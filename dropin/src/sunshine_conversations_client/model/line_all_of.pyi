# Printed by stubs.py from the table and from parhelion.wire.
from .line import Line

LineAllOf = Line

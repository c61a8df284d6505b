# Printed by stubs.py from the table and from parhelion.wire.
from .viber import Viber

ViberAllOf = Viber

# Printed by stubs.py from the table and from parhelion.wire.
from .messagebird import Messagebird

MessagebirdAllOf = Messagebird

# Printed by stubs.py from the table and from parhelion.wire.
from .custom import Custom

CustomAllOf = Custom

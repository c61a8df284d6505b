# Printed by stubs.py from the table and from parhelion.wire.
from .field import Field

ModelField = Field

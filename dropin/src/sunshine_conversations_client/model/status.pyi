# Printed by stubs.py from the table and from parhelion.wire.
from enum import StrEnum

class Status(StrEnum):
    INACTIVE = "inactive"
    ACTIVE = "active"
    ERROR = "error"

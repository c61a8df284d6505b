# Printed by stubs.py from the table and from parhelion.wire.
from enum import StrEnum

class ConversationType(StrEnum):
    PERSONAL = "personal"
    SDKGROUP = "sdkGroup"

# Printed by stubs.py from the table and from parhelion.wire.
from .user import User

UserAllOf = User

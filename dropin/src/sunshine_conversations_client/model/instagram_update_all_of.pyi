# Printed by stubs.py from the table and from parhelion.wire.
from .instagram_update import InstagramUpdate

InstagramUpdateAllOf = InstagramUpdate

# Printed by stubs.py from the table and from parhelion.wire.
from .messenger import Messenger

MessengerAllOf = Messenger

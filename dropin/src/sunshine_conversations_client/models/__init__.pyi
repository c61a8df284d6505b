# Printed by stubs.py from the table and from parhelion.wire.
from ..model import *  # noqa: F403 - a stub tells on whatever it takes this way

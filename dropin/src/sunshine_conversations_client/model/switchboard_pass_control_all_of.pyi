# Printed by stubs.py from the table and from parhelion.wire.
from .switchboard_pass_control import SwitchboardPassControl

SwitchboardPassControlAllOf = SwitchboardPassControl

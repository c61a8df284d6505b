# Printed by stubs.py from the table and from parhelion.wire.
from .switchboard_accept_control_failure import SwitchboardAcceptControlFailure

SwitchboardAcceptControlFailureAllOf = SwitchboardAcceptControlFailure

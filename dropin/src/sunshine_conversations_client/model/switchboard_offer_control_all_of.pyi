# Printed by stubs.py from the table and from parhelion.wire.
from .switchboard_offer_control import SwitchboardOfferControl

SwitchboardOfferControlAllOf = SwitchboardOfferControl

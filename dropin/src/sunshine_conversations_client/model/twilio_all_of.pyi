# Printed by stubs.py from the table and from parhelion.wire.
from .twilio import Twilio

TwilioAllOf = Twilio

# Printed by stubs.py from the table and from parhelion.wire.
from .whatsapp import Whatsapp

WhatsappAllOf = Whatsapp

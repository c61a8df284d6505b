# Printed by stubs.py from the table and from parhelion.wire.
from .mailgun import Mailgun

MailgunAllOf = Mailgun

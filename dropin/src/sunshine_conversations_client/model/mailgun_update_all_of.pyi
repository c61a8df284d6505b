# Printed by stubs.py from the table and from parhelion.wire.
from .mailgun_update import MailgunUpdate

MailgunUpdateAllOf = MailgunUpdate

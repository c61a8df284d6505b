# Printed by stubs.py from the table and from parhelion.wire.
from .form_message_field import FormMessageField

FormMessageFieldAllOf = FormMessageField

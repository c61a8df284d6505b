# Printed by stubs.py from the table and from parhelion.wire.
from .form_response_message_field import FormResponseMessageField

FormResponseMessageFieldAllOf = FormResponseMessageField

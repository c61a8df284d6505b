# Printed by stubs.py from the table and from parhelion.wire.
from .get_token_request import GetTokenRequest

InlineObject = GetTokenRequest

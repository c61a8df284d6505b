# Printed by stubs.py from the table and from parhelion.wire.
from .match_criteria_messagebird import MatchCriteriaMessagebird

MatchCriteriaMessagebirdAllOf = MatchCriteriaMessagebird

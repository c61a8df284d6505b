# Printed by stubs.py from the table and from parhelion.wire.
from .match_criteria_whatsapp import MatchCriteriaWhatsapp

MatchCriteriaWhatsappAllOf = MatchCriteriaWhatsapp

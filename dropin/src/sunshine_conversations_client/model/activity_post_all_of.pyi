# Printed by stubs.py from the table and from parhelion.wire.
from .activity_post import ActivityPost

ActivityPostAllOf = ActivityPost

"""The address of a PostgreSQL, as people may see it."""

from __future__ import annotations

import re

_QUERY = re.compile(r"\?\w+=")


def shown(address: str) -> str:
    """Without a password, and without what follows the database's name.

    Whoever wrote a password may have written its slashes as they are: so it ends at the last @, and not where a strict
    reader would see its end.
    """
    scheme, _, rest = _QUERY.split(address, maxsplit=1)[0].partition("://")
    return f"{scheme}://{re.split('[?#]', rest.rpartition('@')[2], maxsplit=1)[0]}"

"""When a delivery that did not arrive is tried again: five attempts within a quarter of an hour, ever further apart.

    attempt 1  -> 7 s ->  2  -> 28 s ->  3  -> 112 s ->  4  -> 448 s ->  5  ->  given up     (waits times 0.8 to 1.2)

Any answer but 2xx, and none at all, is worth another attempt. Not so the answers of a receiver who has understood and
will not have it: those are the end at once, as on the hosted service.
"""

from __future__ import annotations

ATTEMPTS = 5
TIMEOUT = 20.0  # seconds an attempt may take
FINAL = frozenset({400, 401, 403, 404, 406})

_WAITS = (7.0, 28.0, 112.0, 448.0)


def arrived(status: int | None) -> bool:
    """Whether an answer means that the delivery is done. None: there was no answer."""
    return status is not None and 200 <= status <= 299


def next_attempt(attempts: int, status: int | None, dice: float) -> float | None:
    """Seconds from the end of an attempt that did not arrive to the next one; None to give up.

    `attempts` counts those that were made, this one too. `dice`, 0 to 1, keeps deliveries that failed together apart.
    """
    if status in FINAL or attempts >= ATTEMPTS:
        return None
    return _WAITS[attempts - 1] * (0.8 + 0.4 * dice)

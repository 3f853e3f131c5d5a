"""The time that waits and durations are counted in: the wall's at start, and from then on a clock that never jumps.

Somebody who sets the machine's clock back by a day must not stop a grace, an edit or a poll for a day. Dates that
people see, and budgets' days, go by the wall's clock.
"""

import time

_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""On Linux it counts a machine's sleep, too."""
_WALL, _SINCE = time.time(), time.clock_gettime(_BOOT)


def steady() -> float:
    """Unix seconds."""
    return _WALL + time.clock_gettime(_BOOT) - _SINCE

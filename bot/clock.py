"""The time that waits and durations are counted in: the wall's at start, and from then on a clock that never jumps.

Somebody who sets the machine's clock back by a day must not stop a grace, an edit or a poll for a day. Dates that
people see, and budgets' days, go by the wall's clock.
"""

import time

from pipeline.clock import seconds

_WALL, _SINCE = time.time(), seconds()


def steady() -> float:
    """Unix seconds."""
    return _WALL + seconds() - _SINCE

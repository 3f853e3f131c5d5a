"""A clock that never jumps."""

import time

_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def seconds() -> float:
    """Since some moment; on Linux it counts a machine's sleep, too."""
    return time.clock_gettime(_BOOT)

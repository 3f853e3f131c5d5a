"""What a process remembers of its looks at a vendor. Lost with the process, it costs only time."""

import time

from pipeline.makers.outcome import Prediction


class Looks:
    """When this process first looked for a lost order, and when it last polled, by a clock that does not jump."""

    def __init__(self) -> None:
        self._first: dict[int, float] = {}
        self.ended: dict[str, Prediction] = {}
        """What the last poll saw to be over, by the vendor's id: it need not be asked for again."""
        self.polled = 0.0

    def since_first(self, order_id: int) -> float:
        """Seconds since the first look at this order, by a clock that does not jump."""
        now = time.monotonic()
        return now - self._first.setdefault(order_id, now)

    def forget(self, order_id: int) -> None:
        self._first.pop(order_id, None)

"""How many orders a minute an account may place: 600, or 6 one by one while its credit is below $5."""

from collections import deque
from typing import Any

from aiohttp import web

CREATES_A_MINUTE = 600
LOW_CREDIT_A_MINUTE = 6


class Throttle:
    """Counts orders and refuses those beyond the limit, as Replicate words it."""

    def __init__(self) -> None:
        self.low_credit = False
        self.a_minute = CREATES_A_MINUTE
        self.window_s = 60.0
        """Shortened in tests; the rule stays."""
        self._placed: deque[float] = deque()

    def refuse(self, now: float) -> web.Response | None:
        """429, or None and the order counts."""
        while self._placed and self._placed[0] <= now - self.window_s:
            self._placed.popleft()
        if self.low_credit:
            gap = self.window_s / LOW_CREDIT_A_MINUTE
            if self._placed and now - self._placed[-1] < gap:
                return self._throttled(gap - (now - self._placed[-1]), low=True)
        elif len(self._placed) >= self.a_minute:
            return self._throttled(self._placed[0] + self.window_s - now, low=False)
        self._placed.append(now)
        return None

    def _throttled(self, wait: float, *, low: bool) -> web.Response:
        body: dict[str, Any] = {
            "title": "Request was throttled",
            "detail": (
                f"Request was throttled. Expected available in {max(1, round(wait))} second{'s' if wait >= 2 else ''}."
            ),
            "status": 429,
        }
        headers = {"ratelimit-remaining": "0", "ratelimit-reset": str(max(1, round(wait)))}
        if low:
            body["retry_after"] = round(wait, 3)
        else:
            headers["retry-after"] = f"{wait:.3f}"
        return web.json_response(body, status=429, headers=headers)

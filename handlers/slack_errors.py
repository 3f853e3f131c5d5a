"""Slack's failures, by what each means for the message."""

import math

from slack_sdk.errors import SlackApiError

from pipeline.errors import LabsError

LONGEST_WAIT_S = 300.0
"""A wait beyond this is a mistake or an outage; Slack is asked again after this long."""


class SlackBusy(LabsError):
    """Nothing was posted; wait `retry_after_s`."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__("Slack asks us to wait.")
        self.retry_after_s = retry_after_s


class SlackRefused(LabsError):
    """Nothing was posted, and the same call would be refused again."""

    def __init__(self, method: str, code: str) -> None:
        super().__init__(f"Slack refused {method}: {code}.")
        self.code = code


class SlackLost(LabsError):
    """Sent, but the answer was lost: it may be posted. The thread tells."""


def wait_of(said: object) -> float:
    """Seconds of a `Retry-After`, which may be anything."""
    try:
        asked = float(str(said))
    except ValueError:
        return 1.0
    return min(LONGEST_WAIT_S, max(0.0, asked)) if math.isfinite(asked) else LONGEST_WAIT_S


def translated(method: str, error: SlackApiError) -> LabsError:
    response = error.response
    status = getattr(response, "status_code", 200)
    if status == 429:
        return SlackBusy(wait_of((response.headers or {}).get("Retry-After")))
    data = getattr(response, "data", None)
    if not isinstance(data, dict) and status < 400:
        return SlackLost("Slack's answer made no sense.")  # a page of somebody else's, with our call perhaps done
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status >= 500 or code in {"internal_error", "fatal_error", "request_timeout", "service_unavailable"}:
        return SlackLost("Slack answered with an error of its own.")
    if code in {"ratelimited", "rate_limited"}:
        return SlackBusy(1.0)
    return SlackRefused(method, code or str(status))

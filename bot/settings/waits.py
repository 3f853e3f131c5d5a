"""Settings of time: how long the bot waits for what, and when it is quiet."""

import re
from datetime import datetime, timedelta

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class Waits(BaseSettings):
    """How long the bot waits, and when it is quiet."""

    grace_s: float = Field(default=5, ge=0, description="Seconds between a plan and its start, to cancel in.")
    settle_s: float = Field(default=20, gt=0, description="Seconds after which a lost post is taken as never posted.")
    edit_every_s: float = Field(default=3, gt=0, description="Least seconds between two edits of one message.")
    poll_every_s: float = Field(default=0.1, gt=0, description="Least seconds between two looks at what is being made.")
    look_again_s: float = Field(
        default=2, gt=0, description="Seconds until a look or a download that failed is repeated."
    )
    settle_order_s: float = Field(
        default=60, gt=0, description="Seconds after which an order not in the vendor's list never was."
    )
    probe_s: float = Field(
        default=60, gt=0, description="Seconds until a vendor that closed the account is tried again."
    )
    missing_s: float = Field(
        default=3000,
        gt=0,
        description="Seconds for which a vendor may not know an image that it took; a training seven times as long.",
    )
    give_up_h: float = Field(
        default=24, gt=0, description="Hours after which what a vendor that is away never made is given up."
    )
    unposted_s: float = Field(
        default=600, gt=0, description="Seconds after which a plan that Slack refuses to post is given up."
    )
    file_wait_s: float = Field(
        default=1, gt=0, description="Seconds until Slack is first asked whether a file is ready."
    )
    stop_grace_s: float = Field(default=30, gt=0, description="Seconds that calls in flight get at a stop.")
    headers_s: float = Field(
        default=10, gt=0, description="Seconds for which the first lines of a request may take to come, in HTTP mode."
    )
    body_s: float = Field(default=5, gt=0, description="Seconds that the rest of such a request may take.")
    training_look_s: float = Field(default=5, gt=0, description="Seconds between two looks at a training.")
    batch_look_s: float = Field(default=60, gt=0, description="Seconds between two looks at a message batch.")
    remind_before_h: float = Field(
        default=2, ge=0, description="Hours before a waiting plan expires at which its thread hears of it."
    )
    quiet_hours: str | None = Field(
        default=None, description="When nobody gets a message of their own.", examples=["22:00-07:00"]
    )

    @field_validator("quiet_hours")
    @classmethod
    def _is_a_span(cls, value: str | None) -> str | None:
        if value is not None and not _SPAN.fullmatch(value):
            raise ValueError("write it like 22:00-07:00")
        return value


def end_of_span(span: str | None, local: datetime) -> float:
    """The end, in Unix seconds, of the daily span that a local time lies in; 0 outside of it."""
    found = _SPAN.fullmatch(span or "")
    if found is None:
        return 0.0
    begins, ends = (
        local.replace(hour=int(found[at]), minute=int(found[at + 1]), second=0, microsecond=0) for at in (1, 3)
    )
    if begins > ends:  # over midnight
        if local < ends:
            begins -= timedelta(days=1)
        else:
            ends += timedelta(days=1)
    return ends.timestamp() if begins <= local < ends else 0.0

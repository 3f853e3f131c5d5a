"""What is set about Slack: where the bot listens, to whom, and how it is reached."""

import re
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode

from bot.settings.vendors import Secret, Web, vendor_setting

_TEAM_ID = re.compile(r"[TE][A-Z0-9]{2,}")
_TOKENS = {
    "slack_bot_token": ("xoxb-", "OAuth & Permissions"),
    "slack_app_token": ("xapp-", "Basic Information → App-Level Tokens"),
}
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{2,}")


class SlackSettings(BaseSettings):
    """A part of the settings."""

    channel: str | None = Field(default=None, description="Id of the channel that is heard, e.g. `C0LABS`.")
    also_channels: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Ids of further channels that are heard; each has its own threads.",
        examples=[["C0123456789"]],
    )
    broadcast: bool = Field(
        default=True, description="Whether verdicts and plans that wait are shown in the channel, too, once."
    )
    allowed_teams: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Ids of other workspaces (Slack Connect) whose people may ask; they never decide.",
        examples=[["T0123456789"]],
    )
    allow_guests: bool = Field(default=False, description="Whether guests may ask; they never decide.")

    slack_mode: Literal["socket", "http"] | None = Field(
        default=None,
        description="How Slack reaches the bot: `socket`, or `http` on `port`; by default what the tokens allow.",
        examples=["http"],
        validation_alias=AliasChoices("SLACK_MODE", "LABS_SLACK_MODE", "slack_mode"),
    )
    slack_bot_token: Secret = vendor_setting("slack_bot_token", "The bot reads and posts with it (xoxb-…).")
    slack_app_token: Secret = vendor_setting("slack_app_token", "Slack reaches the bot by it (xapp-…, Socket Mode).")
    slack_signing_secret: Secret = vendor_setting(
        "slack_signing_secret", "It shows that a request is Slack's own, in HTTP mode."
    )
    slack_api_url: Web = vendor_setting("slack_api_url", "Another address of Slack's API, such as a proxy's.")

    @field_validator("channel", "also_channels")
    @classmethod
    def _channel_id(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        named = value if isinstance(value, tuple) else (value,) if value else ()
        if strange := [one for one in named if not _CHANNEL_ID.fullmatch(one)]:
            raise ValueError(
                f"{strange[0]!r} is no channel's id. An id looks like C0123456789: in Slack, the channel's name →"
                " About, at the bottom"
            )
        return value

    @field_validator("allowed_teams")
    @classmethod
    def _team_ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """A name would never match: whoever was meant is not heard."""
        if strange := [one for one in value if not _TEAM_ID.fullmatch(one)]:
            raise ValueError(f"{strange[0]!r} is no workspace's id. An id looks like T0123456789")
        return value

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _right_token(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """The one in the other's place is the commonest slip; Slack would only say that it is not authed."""
        begins, where = _TOKENS[info.field_name or ""]
        said = value.get_secret_value().strip() if value else ""
        if said and not said.startswith(begins):
            raise ValueError(f"it does not begin with {begins}: {where} has the right one")
        return value

    @property
    def channels(self) -> tuple[str, ...]:
        """Every channel that is heard, the first one first."""
        return tuple(dict.fromkeys([*([self.channel] if self.channel else []), *self.also_channels]))

    @property
    def mode(self) -> str:
        """`socket` or `http`: how Slack reaches the bot."""
        return self.slack_mode or ("socket" if self.slack_app_token else "http")

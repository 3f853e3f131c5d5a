"""What a bot needs before it can serve, with what each is for and where to get it."""

from typing import NamedTuple

from bot.settings.settings import Settings


class Need(NamedTuple):
    """One setting."""

    name: str
    """As in the environment."""
    field: str
    what_for: str
    where: str


_APPS = "api.slack.com/apps → your app → "
NEEDS = (
    Need("LABS_ROOT", "root", "the lab's folder, with runs/ and inputs/", "`labs init DIR` makes one"),
    Need(
        "LABS_CHANNEL",
        "channel",
        "the channel that the bot hears first",
        "in Slack: the channel's name → About → at the bottom, an id such as C0123456789",
    ),
    Need(
        "SLACK_BOT_TOKEN",
        "slack_bot_token",
        "it reads and posts",
        f"{_APPS}OAuth & Permissions → Bot User OAuth Token (xoxb-…), after the app was made from manifest.yml",
    ),
    Need(
        "SLACK_APP_TOKEN",
        "slack_app_token",
        "Slack reaches the bot through it (Socket Mode)",
        f"{_APPS}Basic Information → App-Level Tokens, scope connections:write (xapp-…); for HTTP set"
        " SLACK_SIGNING_SECRET instead",
    ),
    Need("ANTHROPIC_API_KEY", "anthropic_api_key", "Claude judges", "console.anthropic.com → API keys (sk-ant-…)"),
    Need(
        "REPLICATE_API_TOKEN",
        "replicate_api_token",
        "trainings and images are made; judging alone needs none",
        "replicate.com/account/api-tokens (r8_…)",
    ),
    Need(
        "approvers",
        "approvers",
        "who may approve plans above the limit; without one those never start",
        "in labs.toml: Slack ids, from a person's profile → ⋮ → Copy member ID",
    ),
)


def lacks(settings: Settings | None) -> list[Need]:
    """The needs that are not met; of settings that cannot be read, all."""
    if settings is None:
        return list(NEEDS)
    return [one for one in NEEDS if not _met(settings, one)]


def _met(settings: Settings, need: Need) -> bool:
    if need.field == "slack_app_token" and settings.slack_signing_secret is not None:
        return True
    return bool(getattr(settings, need.field))

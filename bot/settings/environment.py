"""Reads the settings, and refuses what was misspelt or does not belong there. The only reader of the environment."""

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, SecretStr, ValidationError

from bot.settings.settings import Settings
from pipeline.errors import SettingsError
from pipeline.scrub import scrub


def read_settings(**given: Any) -> Settings:
    """Raises: SettingsError that names the key, never its value."""
    try:
        settings = Settings(**given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        key = ".".join(map(str, first["loc"])) or "settings"
        if key == "root":
            raise SettingsError("LABS_ROOT is not set: the folder with inputs/ and runs/.") from None
        raise SettingsError(f"{key}: {first['msg']}.") from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"labs.toml cannot be read: {error}.") from None
    given_secrets = (getattr(settings, name) for name in Settings.model_fields)
    scrub.learn(one.get_secret_value() for one in given_secrets if isinstance(one, SecretStr))
    _no_unknown_names()
    _no_secrets_in_file(settings.root / "labs.toml")
    if not settings.root.is_dir():
        raise SettingsError("LABS_ROOT names no folder.")
    return settings


def _no_unknown_names() -> None:
    """A misspelt limit must not leave the default in force unseen. Raises: SettingsError."""
    vendors = {
        str(choice).upper()
        for field in Settings.model_fields.values()
        if isinstance(field.validation_alias, AliasChoices)
        for choice in field.validation_alias.choices
    }
    known = {f"LABS_{name.upper()}" for name in Settings.model_fields} | vendors
    given = list(os.environ)  # noqa: TID251  # this file is the one reader
    if unknown := sorted(name for name in given if name.startswith("LABS_") and name not in known):
        raise SettingsError(f"{unknown[0]} is no setting.")


def _no_secrets_in_file(path: Path) -> None:
    """Tokens lie in the environment: a lab's folder is shared, backed up and looked at. Raises: SettingsError."""
    if not path.is_file():
        return
    secret = {"slack_bot_token", "slack_app_token", "slack_signing_secret", "anthropic_api_key", "replicate_api_token"}
    if found := sorted(secret & set(tomllib.loads(path.read_text("utf-8")))):
        raise SettingsError(f"{found[0]} stands in labs.toml; secrets belong into the environment.")


def home_root() -> Path | None:
    """`LABS_ROOT`, for commands that need nothing else."""
    value = os.environ.get("LABS_ROOT")  # noqa: TID251  # this file is the one reader
    return Path(value) if value else None

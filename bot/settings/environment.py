"""Reads the settings, and refuses what was misspelt or does not belong there. The only reader of the environment."""

import os
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, SecretStr, ValidationError
from pydantic_settings import EnvSettingsSource
from pydantic_settings import SettingsError as NotParsed
from rapidfuzz import fuzz, process

from bot.settings.address import Address
from bot.settings.settings import Settings
from pipeline.errors import SettingsError
from pipeline.reading import words_of
from pipeline.scrub import scrub

NO_ROOT = "LABS_ROOT is not set: the folder with inputs/ and runs/. `labs init DIR` makes one."


def read_settings(**given: Any) -> Settings:
    """Raises: SettingsError that names every key that is wrong, never its value."""
    settings, wrong = looked_at(**given)
    if wrong or settings is None:
        raise SettingsError("\n".join(wrong))
    return settings


def looked_at(**given: Any) -> tuple[Settings | None, list[str]]:
    """The settings, as far as they can be read, and all that is wrong with them, in words."""
    wrong = [*_unknown_names()]
    settings: Settings | None = None
    try:
        settings = Settings(**given)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        wrong += [_said(dict(one)) for one in found]
        bad = {str(one["loc"][0]) for one in found if one["loc"]}
        settings = _without(bad, given) if "root" not in bad else None
    except NotParsed as error:
        # A list or a table in the environment that is no JSON; the file's are TOML.
        field = next(iter(re.findall(r'field "(\w+)"', str(error))), "")
        wrong.append(f"LABS_{field.upper()}: in the environment it is JSON; in labs.toml it reads better.")
        settings = _without({field}, given)
    except (OSError, ValueError, SettingsError) as error:
        wrong.append(f"labs.toml cannot be read: {error}.")
    if settings is None:
        return None, wrong
    given_secrets = (getattr(settings, name) for name in Settings.model_fields)
    scrub.learn(one.get_secret_value() for one in given_secrets if isinstance(one, SecretStr))
    if isinstance(settings.db, Address):
        scrub.learn(one for one in (settings.db.uri, settings.db.password) if one)
    wrong += _secrets_in_file(settings.root / "labs.toml")
    if not settings.root.is_dir():
        wrong.append("LABS_ROOT names no folder. `labs init DIR` makes one.")
    return settings, wrong


def _without(bad: set[str], given: dict[str, Any]) -> Settings | None:
    """The settings as if those that are wrong were not given; None where even so they are not consistent."""

    class Rest(Settings):
        @classmethod
        def settings_customise_sources(cls, *sources: Any, **more: Any) -> Any:
            for source in (*sources, *more.values()):
                if isinstance(source, EnvSettingsSource):  # what it cannot parse it must not meet
                    source.env_vars = {
                        name: one for name, one in source.env_vars.items() if name.removeprefix("labs_") not in bad
                    }
            made = super().settings_customise_sources(*sources, **more)
            return tuple(_but(source, bad) for source in made)

    try:
        return Rest(**{name: value for name, value in given.items() if name not in bad})
    except (ValidationError, OSError, ValueError):
        return None


def _but(source: Any, bad: set[str]) -> Any:
    """A source of settings that says nothing about some."""
    low = {name.lower() for name in bad}
    return lambda: {name: value for name, value in source().items() if name.lower() not in low}


def _said(error: dict[str, Any]) -> str:
    key = ".".join(map(str, error["loc"])) or "settings"
    if key == "root":
        return NO_ROOT
    if error["type"] == "extra_forbidden":
        return f"{key} is no setting{_meant(key, Settings.model_fields)}"
    return f"{key}: {str(error['msg']).removeprefix('Value error, ')}."


def _meant(name: str, known: Iterable[str]) -> str:
    """`; did you mean approvers?`, where something like it is known."""
    near = process.extractOne(name, list(known), scorer=fuzz.ratio, score_cutoff=75)
    return f"; did you mean {near[0]}?" if near else "."


def _unknown_names() -> list[str]:
    """A misspelt limit must not leave the default in force unseen."""
    vendors = {
        str(choice).upper()
        for field in Settings.model_fields.values()
        if isinstance(field.validation_alias, AliasChoices)
        for choice in field.validation_alias.choices
    }
    known = {f"LABS_{name.upper()}" for name in Settings.model_fields} | vendors
    given = sorted(os.environ)  # noqa: TID251  # this file is the one reader
    ours = [name for name in given if name.startswith("LABS_") and name not in known]
    begins = tuple({f"{name.partition('_')[0]}_" for name in vendors if "_" in name} - {"LABS_"})
    # Of others' variables only one that is nearly ours is a slip.
    slips = [name for name in given if name not in known and name.startswith(begins) and "?" in _meant(name, vendors)]
    return [f"{name} is no setting{_meant(name, known)}" for name in dict.fromkeys([*ours, *slips])]


def _secrets_in_file(path: Path) -> list[str]:
    """Tokens lie in the environment: a lab's folder is shared, backed up and looked at."""
    if not path.is_file():
        return []
    secret = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    given = {key.lower().removeprefix("labs_"): one for key, one in tomllib.loads(words_of(path.read_bytes())).items()}
    found = sorted(secret & set(given))
    if "@" in (db := str(given.get("db", ""))) and ":" in db.partition("://")[2].partition("@")[0]:
        found.append("the password in db")
    return [f"{one} stands in labs.toml; secrets belong into the environment." for one in found]


def home_root() -> Path | None:
    """`LABS_ROOT`, for commands that need nothing else."""
    value = os.environ.get("LABS_ROOT")  # noqa: TID251  # this file is the one reader
    return Path(value) if value else None

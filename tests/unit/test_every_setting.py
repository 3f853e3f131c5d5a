"""Every setting wrong once: it is named, in the environment and in the file, and its value is not."""

from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import AliasChoices, SecretStr

from bot.settings.environment import looked_at
from bot.settings.settings import Settings
from pipeline.wordlist import words

ODD = "[odd\u202e"
ANYTHING = words("""
    root db host operators consent_bases
""")
"""Whether these are right is known only where they are used."""


def name_of(field: str) -> str:
    """As in the environment."""
    alias = Settings.model_fields[field].validation_alias
    choices = alias.choices if isinstance(alias, AliasChoices) else []
    return str(next((one for one in choices if str(one).isupper()), f"LABS_{field.upper()}"))


def is_secret(field: str) -> bool:
    kind = Settings.model_fields[field].annotation
    return SecretStr in (kind, *get_args(kind))


@pytest.mark.parametrize("field", sorted(set(Settings.model_fields) - ANYTHING))
def test_a_wrong_setting_is_named(field: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = name_of(field)
    monkeypatch.setenv("LABS_ROOT", str(tmp_path))
    monkeypatch.setenv(name, ODD)

    settings, in_environment = looked_at()
    assert settings is not None  # the rest is looked at all the same
    assert "labs.toml cannot" not in " ".join(in_environment)

    monkeypatch.delenv(name)
    (tmp_path / "labs.toml").write_text(f'{field} = "{ODD}"\n', "utf-8")
    _settings, in_file = looked_at()
    for wrong in (in_environment, in_file):
        (said,) = [one for one in wrong if not one.endswith("belong into the environment.")]
        assert field in said or name in said
        assert not is_secret(field) or ODD not in said


@pytest.mark.parametrize("field", sorted(ANYTHING))
def test_what_may_be_anything_is_taken(field: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABS_ROOT", str(tmp_path))
    monkeypatch.setenv(name_of(field), str(tmp_path) if field == "root" else "odd")

    settings, wrong = looked_at()

    assert wrong == []
    given: Any = getattr(settings, field)
    assert given


def test_a_token_in_the_others_place_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABS_ROOT", str(tmp_path))
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xapp-1-A0-secret")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xoxb-1-secret")

    _settings, wrong = looked_at()

    said = " ".join(wrong)
    assert "does not begin with xoxb-: OAuth & Permissions" in said
    assert "does not begin with xapp-: Basic Information" in said
    assert "secret" not in said

"""Settings: what is refused at start, and what a new lab begins with."""

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.cli.init import environment_file, in_environment, settings_file
from bot.settings.environment import read_settings
from bot.settings.settings import Settings


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"LABS_BUDGET_MONHT_USD": "1"}, "LABS_BUDGET_MONHT_USD is no setting"),
        ({"LABS_JUDGE_MODEL": "claude-9"}, "no price is known"),
        ({"LABS_APPROVAL_ABOVE_USD": "500"}, "nothing could ever be approved"),
        ({"LABS_TIMEZONE": "Mars"}, "no such timezone"),
    ],
)
def test_settings_that_cannot_be_are_refused_at_start(
    root: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], words: str
) -> None:
    for name, value in ({"LABS_ROOT": str(root)} | given).items():
        monkeypatch.setenv(name, value)

    done = CliRunner().invoke(cli, ["jobs"])

    assert done.exit_code == 1
    assert words in done.output


@pytest.mark.parametrize("name", ["SLACK_SIGNING_SECRET", "ANTHROPIC_API_KEY", "SLACK_APP_TOKEN"])
def test_an_empty_secret_is_none(root: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("LABS_ROOT", str(root))
    monkeypatch.setenv(name, " ")

    assert getattr(read_settings(), name.lower()) is None
    assert getattr(read_settings(**{name.lower(): ""}), name.lower()) is None


def test_a_mistyped_key_in_labs_toml_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "labs.toml").write_text('aprovers = ["U1"]\n')
    monkeypatch.setenv("LABS_ROOT", str(root))

    done = CliRunner().invoke(cli, ["jobs"])

    assert done.exit_code == 1
    assert "aprovers" in done.output


@pytest.mark.parametrize("key", ["anthropic_api_key", "ANTHROPIC_API_KEY", "LABS_ANTHROPIC_API_KEY"])
def test_a_secret_in_labs_toml_is_refused_and_not_shown(root: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    (root / "labs.toml").write_text(f'{key} = "sk-ant-private"\n')
    monkeypatch.setenv("LABS_ROOT", str(root))

    done = CliRunner().invoke(cli, ["jobs"])

    assert done.exit_code == 1
    assert "belong into the environment" in done.output
    assert "sk-ant-private" not in done.output


def test_init_makes_a_lab_whose_settings_are_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "lab"
    made = CliRunner().invoke(cli, ["init", str(root)])
    again = CliRunner().invoke(cli, ["init", str(root)])

    assert made.exit_code == again.exit_code == 0, made.output
    assert "nothing was changed" in again.output
    assert {one.name for one in root.iterdir()} == {"runs", "inputs", ".labs", "labs.toml"}
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    assert read_settings(root=root) == Settings(root=root)


def test_each_setting_of_a_new_labs_file_can_be_taken_as_it_stands(root: Path) -> None:
    """With its sign taken away it is the default, or the example that it is called."""
    defaults = Settings(root=root)
    _head, *blocks = settings_file().split("\n\n")
    for block in blocks:
        about, *lines = [line.removeprefix("# ") for line in block.splitlines()]
        (root / "labs.toml").write_text("\n".join(lines), "utf-8")

        assert (read_settings(root=root) == defaults) is not about.endswith("For instance:"), block


def test_every_setting_is_offered_once_and_explained(root: Path) -> None:
    offered = [line.lstrip("# ") for line in environment_file(root).splitlines() if "=" in line]
    names = [line.partition("=")[0] for line in offered]
    in_file = [line.strip("# []").partition(" = ")[0] for line in settings_file().splitlines()]
    for name, field in Settings.model_fields.items():
        keys = {name.upper(), f"LABS_{name.upper()}"}

        assert field.description, name
        assert (name in in_file) is not in_environment(name), name
        assert bool(keys & set(names)) is (in_environment(name) or name == "db"), name
    assert {"ANTHROPIC_API_KEY", "FASHN_API_KEY", "MAGNIFIC_WEBHOOK_SECRET", "SLACK_SIGNING_SECRET"} <= set(names)


def test_a_labs_folder_with_a_blank_in_its_name_can_be_loaded_by_a_shell(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(environment_file(tmp_path / "our lab"), "utf-8")

    shell = ["/bin/sh", "-c", 'set -a; . ./.env; echo "$LABS_ROOT"']
    said = subprocess.run(shell, cwd=tmp_path, capture_output=True, check=True)

    assert said.stdout.decode().strip() == str(tmp_path / "our lab")

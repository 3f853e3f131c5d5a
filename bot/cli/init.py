"""`labs init`: a lab's folders, and its settings with what each of them is."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import tomlkit

from bot.cli.terminal import out, plainly
from bot.settings.environment import home_root
from bot.settings.needed import NEEDS
from bot.settings.settings import Settings
from pipeline.errors import NotUnderstood
from pipeline.lab.paths import make_folder, write_whole

_IN_ENVIRONMENT = {one.field for one in NEEDS if one.name.isupper()} | {"slack_signing_secret", "port", "slack_mode"}
_IN_ENVIRONMENT |= {"slack_api_url", "anthropic_base_url", "replicate_base_url", "root"}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@plainly
def init_command(folder: Path | None) -> None:
    root = folder or home_root()
    if root is None:
        raise NotUnderstood("Where is the lab to be?", "Name a folder: `labs init /srv/lab`.")
    made = []
    for name in ("runs", "inputs", ".labs"):
        if not (root / name).is_dir():
            make_folder(root / name)
            made.append(f"{name}/")
    # Secrets lie beside the bot, not in the lab's folder, which is shared and backed up.
    for path, content in ((root / "labs.toml", settings_file()), (Path.cwd() / ".env", environment_file(root))):
        if not path.exists():
            write_whole(path, content.encode())
            path.chmod(0o600)
            made.append(path.name)
    out.print(f"Made {', '.join(made)}: the lab is {root}." if made else "All is there already; nothing was changed.")
    out.print("Fill in .env and approvers in labs.toml, load the first (`set -a; . ./.env; set +a`), and run:")
    out.print("labs doctor")


def settings_file() -> str:
    """`labs.toml` with every setting that belongs there, each at its default and commented out."""
    lines = ["# Settings of this lab. Secrets belong into the environment (.env), not here.", ""]
    tables: list[str] = []
    own = [name for name in Settings.__annotations__ if name in Settings.model_fields]
    for name in dict.fromkeys([*own, *Settings.model_fields]):
        field = Settings.model_fields[name]
        if name in _IN_ENVIRONMENT:
            continue
        said = [f"# {one}" for one in [field.description or name, *_lines(name, field.default)]]
        (tables if isinstance(field.default, dict) else lines).extend([*said, ""])
    return "\n".join([*lines, *tables])  # in TOML what follows a table belongs to it


def _lines(name: str, default: Any) -> list[str]:
    """A setting at its default, as TOML."""
    value = default
    if isinstance(default, tuple | list):
        value = list(default) or (["U0123456789"] if name == "approvers" else [])
    elif isinstance(default, Decimal):
        value = float(default)
    elif default is None:
        value = ""
    return [line for line in tomlkit.dumps({name: value}).splitlines() if line]


def environment_file(root: Path) -> str:
    """`.env`: what the environment must hold, with what for and where from."""
    lines = []
    for one in NEEDS:
        if one.name.isupper():
            value = os.fspath(root) if one.field == "root" else ""
            lines += [f"# {one.what_for}: {one.where}", f"{one.name}={value}", ""]
    return "\n".join(lines)

"""`labs init`: a lab's folders, and its settings with what each of them is."""

import os
import shlex
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import tomlkit

from bot.cli.terminal import out, plainly
from bot.settings.environment import home_root
from bot.settings.needed import NEEDS
from bot.settings.settings import Settings
from bot.settings.vendors import VendorSettings
from pipeline.errors import NotUnderstood
from pipeline.lab.paths import make_folder, write_whole


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


def in_environment(name: str) -> bool:
    """Whether a setting is asked for in `.env`: what a bot cannot serve without, secrets, and addresses of vendors."""
    needed = {one.field for one in NEEDS if one.name.isupper()}
    secret = "SecretStr" in str(Settings.model_fields[name].annotation)
    return name in needed or secret or name in VendorSettings.model_fields or name == "slack_api_url"


def settings_file() -> str:
    """`labs.toml` with every setting that belongs there, each commented out: at its default, or with an example."""
    lines = ["# Settings of this lab. Secrets belong into the environment (.env), not here.", ""]
    tables: list[str] = []
    own = [name for name in Settings.__annotations__ if name in Settings.model_fields]
    for name in dict.fromkeys([*own, *Settings.model_fields]):
        field = Settings.model_fields[name]
        if in_environment(name):
            continue
        about, value = f"{field.description}", field.default
        if field.examples:
            about, value = f"{about} For instance:", field.examples[0]
        said = [f"# {one}" for one in [about, *_lines(name, value)]]
        (tables if isinstance(field.default, dict) else lines).extend([*said, ""])
    return "\n".join([*lines, *tables])  # in TOML what follows a table belongs to it


def _lines(name: str, value: Any) -> list[str]:
    """A setting as TOML."""
    plain = list(value) if isinstance(value, tuple) else float(value) if isinstance(value, Decimal) else value
    return [line for line in tomlkit.dumps({name: plain}).splitlines() if line]


def environment_file(root: Path) -> str:
    """`.env`: what the environment must hold, with what for and where from; below it what it may hold."""
    lines = []
    for one in NEEDS:
        if one.name.isupper():
            value = shlex.quote(os.fspath(root.absolute())) if one.field == "root" else ""  # for `. ./.env`
            lines += [f"# {one.what_for}: {one.where}", f"{one.name}={value}", ""]
    lines += ["# What follows is needed by some.", ""]
    needed = {one.field for one in NEEDS}
    further = {"LABS_DB": "db"} | {one.upper(): one for one in Settings.model_fields if in_environment(one)}
    for key, name in further.items():
        if name not in needed:
            lines += [f"# {Settings.model_fields[name].description}", f"# {key}=", ""]
    return "\n".join(lines)

"""Documents and code say the same."""

import re
from pathlib import Path

import yaml
from click.testing import CliRunner

from bot.cli import cli
from bot.sandbox.slack.server import SCOPES
from bot.settings.scopes import MORE, NEEDED

REPOSITORY = Path(__file__).parents[2]


def test_each_scope_has_its_reason_in_the_manifest_and_the_runbook() -> None:
    manifest, runbook = (
        (REPOSITORY / "manifest.yml").read_text("utf-8"),
        (REPOSITORY / "docs/runbook.md").read_text("utf-8"),
    )
    asked = yaml.safe_load(manifest)["oauth_config"]["scopes"]["bot"]

    assert asked == sorted(NEEDED | MORE)
    assert asked == sorted(SCOPES)
    for scope, why in (NEEDED | MORE).items():
        assert f"| `{scope}` | {why} |" in runbook
        assert re.search(rf"- {scope} +# \S", manifest)


def test_every_command_has_help_and_stands_in_the_documents() -> None:
    help_text = CliRunner().invoke(cli, ["--help"]).output
    documents = (REPOSITORY / "README.md").read_text() + (REPOSITORY / "docs/runbook.md").read_text()

    from bot.cli import _COMMANDS

    for name, (_module, text) in _COMMANDS.items():
        assert name in help_text
        assert text.endswith(".")
        assert f"labs {name}" in documents, name


def test_links_in_the_documents_lead_somewhere() -> None:
    for page in (REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")):
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / link).exists(), (page.name, link)

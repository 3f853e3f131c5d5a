"""The `labs` command. Each subcommand imports what it needs when it runs: `labs --help` is instant."""

import codecs
import io
import os
import sys
import unicodedata
from importlib import import_module
from typing import Any

import click

_COMMANDS = {
    "init": ("bot.cli.init", "Make a lab's folders in FOLDER, with a commented labs.toml and .env."),
    "serve": ("bot.cli.serve", "Run the bot: listen in #labs until it is stopped."),
    "demo": ("bot.cli.demo", "Try everything on this machine, with no account: the sandbox and the very same bot."),
    "plan": ("bot.cli.plan", "Show what TEXT would do and cost. Spends nothing."),
    "run": ("bot.cli.run", "Do what TEXT asks, without Slack."),
    "parse": ("bot.cli.parse", "Print the request that TEXT means, as JSON."),
    "show": ("bot.cli.show", "Show a run's verdict with its evidence."),
    "faces": ("bot.cli.faces", "Measure the faces of a run's pictures: a second opinion beside the judge's."),
    "render": ("bot.cli.render", "Render a run's SUMMARY.md and page anew from its other files."),
    "view": ("bot.cli.view", "Show the lab's pages in this machine's browser."),
    "site": ("bot.cli.site", "Write the pages: of runs that changed, the lab's index, prompts and takeover."),
    "jobs": ("bot.cli.jobs", "List the latest jobs, or with --audit the decisions."),
    "approve": ("bot.cli.approve", "Approve a plan that waits; for operators."),
    "pause": ("bot.cli.pause", "Stop every new paid call at once."),
    "resume": ("bot.cli.pause", "Allow paid calls again."),
    "reconcile": ("bot.cli.reconcile", "Hold open orders against the vendor's own list; spends nothing."),
    "settle": ("bot.cli.settle", "Decide about JOB's orders whose outcome nobody can tell: --retry or --mark-failed."),
    "backup": ("bot.cli.backup", "Copy the ledger to FILE while it is in use."),
    "migrate-ledger": (
        "bot.cli.migrate_ledger",
        "Move a drained ledger to TARGET (a file, or postgresql://…), checked row by row.",
    ),
    "status": ("bot.cli.status", "What is under way, of RUN or of a job; --processes: who is at work."),
    "facts": ("bot.cli.facts", "Write down where a FIXTURE's photographs come from, and what allows their use."),
    "prices": ("bot.cli.prices", "Print who makes pictures, at what price, with what licence, and when that was read."),
    "doctor": ("bot.cli.doctor", "Check tokens, scopes, channel, lab folder and prices."),
}


def _in_words(first: str) -> click.Command | None:
    """A request in words, where it begins like one."""
    from pipeline.actions.registry import ACTIONS  # noqa: PLC0415

    phrases = [phrase.split() for one in ACTIONS for phrase in one.phrases.split(",")]
    openers = {words[0].strip("[]()").split("|")[0] for words in phrases if words}
    if first.lower() not in {*openers, *(one.word for one in ACTIONS)}:
        return None
    from bot.cli.words import words_command  # noqa: PLC0415

    return words_command(first)


class LazyGroup(click.Group):
    """Knows its commands' names and help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return _in_words(cmd_name)
        module, help_text = _COMMANDS[cmd_name]
        command: Any = getattr(import_module(module), f"{cmd_name.replace('-', '_')}_command")
        command.help = help_text
        return command  # type: ignore[no-any-return]  # click's own type, found by name

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_module, text) in _COMMANDS.items()])


_SPELLED = {
    "✅": "OK", "🔁": "AGAIN", "⏳": "WAITS", "–": "-", "—": "-", "…": "...", "“": '"', "”": '"', "’": "'", "×": "x",
    "·": "-", "→": "->", "≥": ">=", "≤": "<=", "•": "*",
}  # fmt: skip
"""Signs that a terminal of another encoding gets as letters."""


def _spelled(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    wanted = error.object[error.start : error.end]
    plain = "".join(_SPELLED.get(sign) or _ascii(sign) for sign in wanted)
    return plain, error.end


def _ascii(sign: str) -> str:
    return unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode() or "?"


def speak_plainly() -> None:
    """A terminal, or a pipe, that knows fewer signs gets those that it knows; no command fails for an emoji."""
    codecs.register_error("labs", _spelled)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not (stream.encoding or "").lower().startswith("utf"):
            stream.reconfigure(errors="labs")


@click.group(cls=LazyGroup)
def cli() -> None:
    """labs-bot: an image lab's bench in Slack. Settings come from the environment and LABS_ROOT/labs.toml."""
    speak_plainly()
    # Photographs, prompts and people's words: what a command writes is for the bot's own user.
    os.umask(0o077)

"""How commands speak to a terminal: settings, tables, and errors that say what to do."""

import functools
import os
import pwd
import socket
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.table import Table

from bot.settings.environment import read_settings
from bot.settings.settings import Settings
from pipeline.errors import LabsError, NotUnderstood
from pipeline.scrub import scrub
from pipeline.surfaces import terminal

P = ParamSpec("P")
T = TypeVar("T")
FACE_EXTRA = "uv sync --inexact --no-default-groups --extra face"
"""Beside what is installed; as docs/training.md has it."""


class _Out(Console):
    """A terminal to which words from outside are words: no sequence of theirs reaches it, and no secret."""

    def print(self, *objects: Any, **how: Any) -> None:
        super().print(*(_plain(one) for one in objects), **how)


class Words(Table):
    """A table of words."""

    def add_row(self, *cells: Any, **how: Any) -> None:
        super().add_row(*(_plain(cell) for cell in cells), **how)


def _plain(one: Any) -> Any:
    return scrub(terminal(one)) if isinstance(one, str) else one


out = _Out(markup=False, highlight=False)
"""No markup: a prompt may hold `[red]`."""


def plainly(command: Callable[P, T]) -> Callable[P, T]:
    """A LabsError becomes its words, its hint and exit status 1."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except LabsError as error:
            told = " ".join([f"{error}\n{error.hint}".replace("`", ""), *error.people])
            raise click.ClickException(_plain(told)) from error

    return wrapped


def settings(**given: Any) -> Settings:
    return read_settings(**{name: value for name, value in given.items() if value is not None})


def shell_person() -> str:
    """Who is at this shell, as the OS knows it; a variable of the environment could name anybody."""
    return f"shell:{pwd.getpwuid(os.getuid()).pw_name}"


def free_port() -> int:
    """One of this machine that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def require_operator(read: Settings) -> None:
    if shell_person().removeprefix("shell:") not in read.operators:
        raise NotUnderstood(
            "You are not one of the operators.", "Do it in Slack, or add your OS user to `operators` in labs.toml."
        )

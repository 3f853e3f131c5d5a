"""Logs: one event a line, as JSON on standard output; our libraries' records take the same road. No tokens, no
prompts.
"""

import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from pipeline.errors import LabsError
from pipeline.scrub import scrub

_LOUD = (
    "slack_bolt",
    "slack_sdk",
    "httpx",
    "httpx2",
    "httpcore",
    "apscheduler",
    "anthropic",
    "aiohttp.access",
    "asyncio",
)
"""Other people's libraries log what they send; we want what went wrong."""
MOST_FRAMES = 12


def told_plainly(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Where an error came from, and its words only where they are ours: others' errors quote what they were given."""
    if error := event.pop("exc_info", None):
        raised = error if isinstance(error, BaseException) else sys.exc_info()[1]
        event["trace"] = [line for one in _chain(raised) for line in _told(one)]
    return event


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _told(error: BaseException) -> list[str]:
    words = f": {error}" if isinstance(error, LabsError) else ""
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    places = [f"{'/'.join(Path(one.filename).parts[-3:])}:{one.lineno} {one.name}" for one in frames]
    return [f"{type(error).__name__}{words}", *places]


def _scrubbed(renderer: Callable[..., Any]) -> Callable[..., str]:
    """The whole line, whatever it was made of."""
    return lambda logger, name, event: scrub(str(renderer(logger, name, event)))


def configure(level: str = "info", *, console: bool = False) -> None:
    """Set up once, at the start of a command."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        told_plainly,
    ]
    renderer: Any = structlog.dev.ConsoleRenderer(colors=False) if console else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr if console else sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _scrubbed(renderer)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)


def for_bolt() -> logging.Logger:
    """Bolt's own records hold whole envelopes, prompts among them: errors alone, without its children's levels."""
    quiet = logging.getLogger("labs.bolt")
    quiet.setLevel(logging.ERROR)
    return quiet


def get() -> Any:
    return structlog.get_logger()

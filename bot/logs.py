"""Logs: one event a line, as JSON on standard output; our libraries' records take the same road. No tokens, no
prompts.
"""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

_SECRET = re.compile(r"\b(?:xox[a-z]-|xapp-|sk-ant-|r8_)[\w-]+|(?<=Bearer )\S+")
_LOUD = (
    "slack_bolt", "slack_sdk", "httpx", "httpx2", "httpcore", "apscheduler", "anthropic", "aiohttp.access", "asyncio",
)  # fmt: skip
"""Other people's libraries log what they send; we want what went wrong."""


def hide_secrets(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Tokens never reach a log, whoever writes it."""
    return {key: _SECRET.sub("***", value) if isinstance(value, str) else value for key, value in event.items()}


def configure(level: str = "info", *, console: bool = False) -> None:
    """Set up once, at the start of a command."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_secrets,
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
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)


def get() -> Any:
    return structlog.get_logger()

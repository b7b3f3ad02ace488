"""Logs to stdout: one JSON object a line for machines, or coloured lines for people; times in UTC."""

import logging
import sys
from logging.handlers import SysLogHandler
from pathlib import Path

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from app.masking import masking
from app.settings import Settings

SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
]


def configure(settings: Settings) -> None:
    """Send our events and the libraries' log lines the same way."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        cache_logger_on_first_use=settings.quart_config == "production",  # elsewhere somebody may configure it anew
    )
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # no line of ours says them
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *_renderers(settings),
            _masker(settings),
        ],
    )
    handlers = _handlers(settings)
    for handler in handlers:
        handler.setFormatter(formatter)
    logging.basicConfig(handlers=handlers, level=settings.log_level.upper(), force=True)
    for talkative in ("aiosqlite", "alembic.runtime.plugins", "arq", "httpx2", "hypercorn.error", "mail.log"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


def _handlers(settings: Settings) -> list[logging.Handler]:
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stdout)]
    if settings.syslog and Path(settings.syslog).is_socket():  # a container has none
        syslog = SysLogHandler(settings.syslog)
        syslog.setLevel(logging.WARNING)
        syslog.ident = f"{settings.app_name}: "
        handlers.append(syslog)
    return handlers


def _renderers(settings: Settings) -> list[Processor]:
    if settings.log_format == "console":
        plain = structlog.dev.plain_traceback  # the other kind prints local variables, and with them passwords
        return [
            structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=plain, timestamp_key="ts")
        ]
    tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)  # for the same reason
    return [structlog.processors.ExceptionRenderer(tracebacks), structlog.processors.JSONRenderer()]


def _masker(settings: Settings) -> Processor:
    mask = masking(settings)

    def masked(_logger: WrappedLogger, _method: str, line: EventDict) -> str:
        return mask(str(line))  # rendered already, so that nothing in it is overlooked

    return masked

"""Logs to stdout: one JSON object a line for machines, or coloured lines for people; times in UTC."""

import logging
import sys
from contextlib import closing, suppress
from logging.handlers import SysLogHandler

import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from app.masking import masking
from app.settings import Settings


class StdoutLogger:
    """Writes rendered lines; through `logging` each would take twice as long."""

    def __init__(self, *_: object) -> None:
        self._out = sys.stdout

    def write(self, line: str) -> None:
        """A disk that is full, or a reader that is gone, is no trouble of whoever has something to say."""
        with suppress(OSError, ValueError):
            self._out.write(f"{line}\n")
            self._out.flush()

    debug = info = warning = error = critical = write


class LibraryHandler(logging.Handler):
    """Hands on what libraries say to `logging`."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            level = record.levelno // 10 * 10  # some have levels in between
            structlog.get_logger().log(level, record.getMessage(), exc_info=record.exc_info)
        except Exception:
            self.handleError(record)


def configure(settings: Settings) -> None:
    """Send our events and the libraries' log lines the same way."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
            *_renderers(settings),
            _masker(settings),
            *_to_system(settings),
        ],
        logger_factory=StdoutLogger,
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        cache_logger_on_first_use=settings.in_production,  # elsewhere somebody may configure it anew
    )
    logging.basicConfig(handlers=[LibraryHandler()], level=settings.log_level.upper(), force=True)
    for talkative in ("aiosqlite", "alembic.runtime.plugins", "arq", "httpx2", "hypercorn.error", "mail.log"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


def _renderers(settings: Settings) -> list[Processor]:
    if settings.log_format == "console":
        plain = structlog.dev.plain_traceback  # the other kind prints local variables, and with them passwords
        return [
            structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=plain, timestamp_key="ts")
        ]
    tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)  # for the same reason
    return [structlog.processors.ExceptionRenderer(tracebacks), _json]


_PLAIN = {str, int, float, bool, type(None)}  # msgspec would hide what is in bytes from whoever masks secrets
_JSON = structlog.processors.JSONRenderer()
_FAST_JSON = msgspec.json.Encoder()


def _json(logger: WrappedLogger, method: str, event: EventDict) -> str:
    """By msgspec in a tenth of the time, unless there is more in it than letters of ASCII and numbers."""
    if _PLAIN.issuperset(map(type, event.values())):
        with suppress(UnicodeEncodeError):
            line = msgspec.json.format(_FAST_JSON.encode(event), indent=0)  # with spaces, as the other has them
            if line.isascii():  # else some would see the end of a line where there is none
                return line.decode()
    return str(_JSON(logger, method, event))


def _masker(settings: Settings) -> Processor:
    mask = masking(settings)

    def masked(_logger: WrappedLogger, _method: str, line: EventDict) -> str:
        return mask(str(line))  # rendered already, so that nothing in it is overlooked

    return masked


def _to_system(settings: Settings) -> list[Processor]:
    def tell(_logger: WrappedLogger, method: str, line: EventDict) -> EventDict:
        if method not in {"debug", "info"}:
            with suppress(OSError), closing(SysLogHandler(settings.syslog)) as system:  # a container has none
                system.ident = f"{settings.app_name}: "
                system.emit(logging.makeLogRecord({"msg": line, "levelname": method.upper()}))
        return line

    return [tell] if settings.syslog else []

"""Hypercorn, in this process: one process a dyno, which finishes its requests before it stops."""

import asyncio
import logging
import signal

import hypercorn.asyncio.run
import structlog
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.config import Config
from hypercorn.events import Event
from hypercorn.protocol.h11 import H11Protocol
from quart import Quart

from app import loop
from app.settings import Settings, settings

log = structlog.get_logger()


async def _stay_with_http1(*_: object) -> None:
    """Hypercorn would turn to HTTP/2 in the clear for anyone who asks, past every proxy in front (h2c smuggling)."""


class _Connection(TCPServer):
    """Breaks off with a client that does not take its answer; Quart's RESPONSE_TIMEOUT only stops to write it."""

    async def protocol_send(self, event: Event) -> None:
        try:
            async with asyncio.timeout(settings().response_timeout):
                await super().protocol_send(event)
        except (TimeoutError, asyncio.CancelledError):
            self.writer.transport.abort()
            raise


H11Protocol._check_protocol = _stay_with_http1  # type: ignore[assignment]
hypercorn.asyncio.run.TCPServer = _Connection  # type: ignore[attr-defined]


def serve(app: Quart) -> None:
    """Serve until SIGTERM or SIGINT."""
    loop.run(_serve(app, configuration(settings())))


async def _serve(app: Quart, config: Config) -> None:
    stopping = app.extensions["stopping"] = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)

    async def until_stopped() -> None:
        log.info("web.started", address=settings().base_url)  # Hypercorn comes here once it listens
        await stopping.wait()
        if (dispatcher := app.extensions.get("dispatcher")) is not None:
            dispatcher.stop()  # now, for jobs take their time as requests do

    await hypercorn.asyncio.serve(app, config, shutdown_trigger=until_stopped)
    log.info("web.stopped")


def configuration(settings: Settings) -> Config:
    """How Hypercorn is set up."""
    config = Config()
    config.bind = [f"{settings.host}:{settings.port}"]
    config.graceful_timeout = settings.shutdown_timeout
    config.include_server_header = False
    config.errorlog = logging.getLogger("hypercorn.error")  # ours, not a handler of its own
    return config

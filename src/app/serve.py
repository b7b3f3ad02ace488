"""Hypercorn, in this process: one process a dyno, which finishes its requests before it stops."""

import asyncio
import logging
import signal
import sys

import hypercorn.asyncio
import structlog
from hypercorn.config import Config
from quart import Quart

from app.settings import Settings, settings

if sys.platform != "win32":
    from uvloop import new_event_loop
else:
    from asyncio import new_event_loop

log = structlog.get_logger()


def serve(app: Quart) -> None:
    """Serve until SIGTERM or SIGINT."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(app, configuration(settings())))


async def _serve(app: Quart, config: Config) -> None:
    stopping = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    log.info("web.started", address=settings().base_url)
    await hypercorn.asyncio.serve(app, config, shutdown_trigger=stopping.wait)
    log.info("web.stopped")


def configuration(settings: Settings) -> Config:
    """How Hypercorn is set up."""
    config = Config()
    config.bind = [f"{settings.host}:{settings.port}"]
    config.graceful_timeout = settings.shutdown_timeout
    config.include_server_header = False
    config.errorlog = logging.getLogger("hypercorn.error")  # ours, not a handler of its own
    return config

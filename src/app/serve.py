"""Hypercorn, on connections of our own: what a process was asked before it is told to stop, it answers."""

import asyncio
import gc
import logging
import socket
import sys
from asyncio import StreamReader, StreamReaderProtocol, StreamWriter, Task
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import structlog
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.asyncio.worker_context import AsyncioSingleTask, WorkerContext
from hypercorn.config import Config
from hypercorn.events import Event
from hypercorn.protocol.h11 import H11Protocol
from quart import Quart

from app import loop, processes
from app.settings import Settings, settings

log = structlog.get_logger()

MOMENT = 0.01  # seconds in which who was just let in becomes one of those who are waited for
LINGER = 0.3  # seconds in which a connection that is kept may still ask, and is told to ask elsewhere from then on


async def _stay_with_http1(*_: object) -> None:
    """Hypercorn would turn to HTTP/2 in the clear for anyone who asks, past every proxy in front (h2c smuggling)."""


class _Protocol(StreamReaderProtocol):
    """Breaks off with a client that does not take its answer; Quart's own limit would only stop to write."""

    def pause_writing(self) -> None:
        super().pause_writing()
        transport: asyncio.Transport = self._transport  # type: ignore[attr-defined]
        self._deadline = asyncio.get_running_loop().call_later(settings().response_timeout, transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._deadline.cancel()


class _IdleTask(AsyncioSingleTask):
    """Is stopped without waiting for its end: a request would wait until everybody else has had a turn, and again."""

    async def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


class _Connection(TCPServer):
    """Ends with its client, and with us."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.idle_task = _IdleTask()

    async def protocol_send(self, event: Event) -> None:
        try:
            await super().protocol_send(event)
        except asyncio.CancelledError:
            self.writer.transport.abort()
            raise

    async def _read_data(self) -> None:
        await super()._read_data()
        await self.idle_task.stop()  # with which Hypercorn would wait for a client that is gone, for all of KEEP_ALIVE


H11Protocol._check_protocol = _stay_with_http1  # type: ignore[assignment]


def serve(app: Quart) -> None:
    """Serve until SIGTERM or SIGINT, in as many processes as WEB_CONCURRENCY says."""
    listener = _listener(configuration(settings()))
    gc.freeze()  # what was loaded stays: to look through it takes 80 ms each time, and makes each fork copy it
    if settings().web_concurrency == 1:
        loop.run(_serve(app, listener))
    else:
        processes.run(lambda: loop.run(_serve(app, listener)), settings().web_concurrency, closing=listener)


class Configuration(Config):
    """Hypercorn's, with which answers can say that their connection ends with them."""

    is_leaving = False

    def response_headers(self, protocol: str) -> list[tuple[bytes, bytes]]:
        headers = super().response_headers(protocol)
        return [*headers, (b"connection", b"close")] if self.is_leaving else headers


def configuration(settings: Settings) -> Configuration:
    """How Hypercorn is set up."""
    config = Configuration()
    config.bind = [f"{settings.host}:{settings.port}"]
    config.keep_alive_timeout = settings.keep_alive.total_seconds()
    config.include_server_header = False
    config.errorlog = logging.getLogger("hypercorn.error")  # ours, not a handler of its own
    return config


async def _serve(app: Quart, listener: socket.socket) -> None:
    stopping = app.extensions["stopping"] = asyncio.Event()
    loop.on_stop(stopping.set)
    processes.on_orphaned(stopping.set)
    connections = Connections(app, configuration(settings()))
    await app.startup()
    await connections.accept_from(listener)
    log.info("web.started", address=settings().base_url)
    await stopping.wait()
    if (dispatcher := app.extensions.get("dispatcher")) is not None:
        dispatcher.stop()  # now, for jobs take their time as requests do
    await connections.finish(within=settings().shutdown_timeout)
    await app.shutdown()
    log.info("web.stopped")


def _listener(config: Config) -> socket.socket:
    try:
        [listener] = config.create_sockets().insecure_sockets
    except OSError as error:
        sys.exit(f"Cannot listen on {config.bind[0]}: {error.strerror}.")
    return listener


class Connections:
    """Those of one process, from the first to the last.

    Hypercorn's own runner resets those that wait to be accepted when it stops, closes those that are kept without a
    word, and from Python 3.12.1 on waits without a limit for those that stay.
    """

    def __init__(self, app: Quart, config: Configuration) -> None:
        self._app, self._config = ASGIWrapper(app), config
        self._context = WorkerContext(None)
        self._open: set[Task[None]] = set()

    async def accept_from(self, listener: socket.socket) -> None:
        """Serve whoever comes."""
        self._listener = listener.dup()  # which outlives the server's own, for those who wait in the queue
        running = asyncio.get_running_loop()
        self._server = await running.create_server(self._protocol, sock=listener, backlog=self._config.backlog)

    async def finish(self, *, within: float) -> None:
        """Turn newcomers away, answer everybody else, and after `within` seconds close what is still open."""
        self._config.is_leaving = True
        self._server.close()
        if settings().web_concurrency == 1:  # else others may go on; their parent does it, when it is told to stop
            processes.turn_newcomers_away(self._listener)
        for _ in range(2):  # they may have come before the parent heard of it
            for connection in self._queue():
                await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
            await self._wait(LINGER)
        self._listener.close()
        await self._context.terminated.set()
        await self._wait(within)
        for task in self._open:
            task.cancel()
        await self._wait(1)

    async def _welcome(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (says it to the type checker)
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        running = asyncio.get_running_loop()
        await _Connection(self._app, running, self._config, self._context, {}, reader, writer)

    def _queue(self) -> Iterator[socket.socket]:
        with suppress(OSError):  # BlockingIOError: nobody waits any more
            while True:
                yield self._listener.accept()[0]

    def _protocol(self) -> _Protocol:
        return _Protocol(StreamReader(), self._welcome)

    async def _wait(self, seconds: float) -> None:
        await asyncio.sleep(MOMENT)
        if self._open:
            await asyncio.wait(self._open, timeout=seconds)

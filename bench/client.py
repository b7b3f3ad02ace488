"""A browser that does nothing but ask: the same request over a few kept connections, as often as it is answered."""

import asyncio
import re
from dataclasses import dataclass, field
from time import perf_counter
from typing import cast
from urllib.parse import urlencode, urlsplit

PATIENCE = 30  # seconds

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = b"\r\ntransfer-encoding: chunked"


@dataclass(frozen=True)
class Request:
    """What is asked for, ready to be sent."""

    host: str
    port: int
    text: bytes
    status: bytes = b"200"  # anything else would not be the page that is to be measured

    @classmethod
    def get(cls, url: str, *, cookies: str = "") -> "Request":
        """A page, as somebody with these cookies asks for it."""
        return cls._of("GET", url, cookies)

    @classmethod
    def post(cls, url: str, form: dict[str, str], *, cookies: str) -> "Request":
        """A form that is accepted, and answered by sending its sender elsewhere."""
        return cls._of("POST", url, cookies, urlencode(form), status=b"302")

    @classmethod
    def _of(cls, method: str, url: str, cookies: str, body: str = "", status: bytes = b"200") -> "Request":
        parts = urlsplit(url)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}"]
        if cookies:
            lines.append(f"Cookie: {cookies}")
        if body:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        return cls(parts.hostname or "", parts.port or 80, "\r\n".join([*lines, "", body]).encode(), status)


@dataclass
class Answers:
    """How long each answer took, and all of them together."""

    latencies: list[float] = field(default_factory=list)  # seconds
    seconds: float = 0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds


async def ask(request: Request, *, connections: int, seconds: float, pause: float = 0) -> Answers:
    """Ask until the time is over, and hear the last answers; each connection pauses for so many seconds in between."""
    asking = _Asking(request, pause)
    started = perf_counter()
    await asyncio.gather(*(asking.connect() for _ in range(connections)))
    asking.loop.call_later(seconds, asking.stop)
    async with asyncio.timeout(seconds + PATIENCE):
        await asking.ended
    asking.answers.seconds = perf_counter() - started
    return asking.answers


class _Asking:
    def __init__(self, request: Request, pause: float) -> None:
        self.request, self.pause, self.answers, self.is_over = request, pause, Answers(), False
        self.loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[None] = self.loop.create_future()
        self._open = 0
        self._reconnecting: list[asyncio.Task[None]] = []

    async def connect(self) -> None:
        self._open += 1
        try:
            await self.loop.create_connection(lambda: _Connection(self), self.request.host, self.request.port)
        except OSError as error:
            self.fail(error)

    def stop(self) -> None:
        self.is_over = True

    def fail(self, error: Exception) -> None:
        self.stop()
        if not self.ended.done():
            self.ended.set_exception(error)

    def lost(self) -> None:
        self._open -= 1
        if not self.is_over:  # servers end a connection after so many requests
            self._reconnecting.append(self.loop.create_task(self.connect()))
        elif not self._open and not self.ended.done():
            self.ended.set_result(None)


class _Connection(asyncio.Protocol):
    """Bytes out, bytes in: asyncio's streams would cost more than the servers that are measured."""

    def __init__(self, asking: _Asking) -> None:
        self._asking = asking
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are not of this class
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not _is_whole(self._received):
            return
        if self._received[9:12] != self._asking.request.status:
            asked, answer = self._asking.request.text[:80], self._received[:80]
            self._asking.fail(ConnectionError(f"{asked!r} was answered by {answer!r}"))
        self._asking.answers.latencies.append(perf_counter() - self._asked)
        self._received = b""
        if self._asking.pause:
            self._asking.loop.call_later(self._asking.pause, self._ask)
        else:
            self._ask()

    def connection_lost(self, _error: Exception | None) -> None:
        self._asking.lost()

    def _ask(self) -> None:
        if self._asking.is_over:
            self._transport.close()
        elif not self._transport.is_closing():
            self._asked = perf_counter()
            self._transport.write(self._asking.request.text)


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    if length := LENGTH.search(head):
        return len(body) >= int(length[1])
    return bool(end) and (body.endswith(b"0\r\n\r\n") or CHUNKED not in head.lower())

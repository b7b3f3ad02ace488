"""What stands in front of a dyno: it ends TLS, says for whom it asks, and holds requests back while nobody listens."""

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from uuid import uuid4

PATIENCE = 30  # seconds, as on Heroku
OURS = {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-port", b"x-request-id", b"connection"}


class Router:
    """Sends each request to the port that is `dyno` at that moment."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self.dyno = 0
        self._tls = tls

    async def listen(self, port: int) -> asyncio.Server:
        return await asyncio.start_server(self._route, "127.0.0.1", port, ssl=self._tls, backlog=1000)

    async def _route(self, reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
            )
            body = await reader.readexactly(length)
            try:
                async with asyncio.timeout(PATIENCE):
                    answers, asks = await self._reach()
                    asks.write(self._for_the_dyno(head, writer.get_extra_info("peername")[0]) + body)
                    while piece := await answers.read(65536):
                        writer.write(piece)
                        await writer.drain()
                    asks.close()
            except TimeoutError:
                writer.write(b"HTTP/1.1 503 Nobody answers\r\nContent-Length: 0\r\n\r\n")
        with suppress(ConnectionError, ssl.SSLError):
            writer.close()
            await writer.wait_closed()

    async def _reach(self) -> tuple[StreamReader, StreamWriter]:
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", self.dyno)
            except ConnectionRefusedError:  # it has heard nothing, so another may be asked, or the same one later
                await asyncio.sleep(0.05)

    def _for_the_dyno(self, head: bytes, address: str) -> bytes:
        start, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
        lines = [line for line in lines if line.partition(b":")[0].lower() not in OURS]
        told = [
            f"X-Forwarded-For: {address}",
            "X-Forwarded-Proto: https",
            f"X-Request-ID: {uuid4()}",
            "Connection: close",
        ]
        return b"\r\n".join([start, *lines, *(line.encode() for line in told), b"", b""])

"""A mail server that takes everything after 20 ms, as one nearby does, and says when it did."""

import asyncio
from time import perf_counter
from typing import Self

DELAY = 0.02  # seconds
PATIENCE = 30  # seconds; a worker that has died sends nothing any more


class Sink:
    """Answers as little SMTP as a client needs (RFC 5321), at next to no cost: it shares the machine with them."""

    def __init__(self) -> None:
        self.begun: asyncio.Queue[float] = asyncio.Queue()  # when a mail was announced
        self.taken: asyncio.Queue[float] = asyncio.Queue()  # when it was accepted
        self.latest = b""
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**20)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    def forget(self) -> None:
        """Begin to count anew."""
        self.begun, self.taken = asyncio.Queue(), asyncio.Queue()

    async def take(self, number: int) -> float:
        """Wait until so many more mails were accepted, and say when the last one was."""
        async with asyncio.timeout(PATIENCE):
            return [await self.taken.get() for _ in range(number)][-1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            match line[:4].upper():
                case b"MAIL":
                    self.begun.put_nowait(perf_counter())
                    writer.write(b"250 OK\r\n")
                case b"DATA":
                    writer.write(b"354 Go on\r\n")
                    self.latest = await reader.readuntil(b"\r\n.\r\n")
                    await asyncio.sleep(DELAY)
                    writer.write(b"250 OK\r\n")
                    self.taken.put_nowait(perf_counter())
                case b"QUIT":
                    writer.write(b"221 Bye\r\n")
                    break
                case _:
                    writer.write(b"250 OK\r\n")
        writer.close()

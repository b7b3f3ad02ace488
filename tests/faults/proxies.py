"""A stretch of wire between a process and a server, which can be slow or cut."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from tests.servers import free_port

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Ends = tuple[asyncio.StreamWriter, asyncio.StreamWriter]


class Wire:
    """Listens on a port of its own and passes on what comes."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]]) -> None:
        self.port = free_port()
        self.delay = 0.0  # seconds that every answer is held back
        self.held_back = 0  # answers, at the moment
        self.cut_at: Callable[[bytes], str] = lambda _sent: ""  # "before" or "after" what was sent is passed on
        self._connect = connect
        self._passing: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    async def stop(self) -> None:
        self._server.close()
        for task in self._passing:
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await self._connect()
        ends = (writer, there_writer)
        for passing in (self._there(reader, there_writer, ends), self._back(there_reader, writer, ends)):
            task = asyncio.create_task(passing)
            self._passing.add(task)
            task.add_done_callback(self._passing.discard)

    async def _there(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ends: Ends) -> None:
        with suppress(ConnectionError):
            while sent := await reader.read(65536):
                cut = self.cut_at(sent)
                if cut != "before":
                    writer.write(sent)
                    await writer.drain()
                if cut:
                    break
        _close(ends)

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ends: Ends) -> None:
        with suppress(ConnectionError):
            while sent := await reader.read(65536):
                self.held_back += 1
                await asyncio.sleep(self.delay)
                self.held_back -= 1
                writer.write(sent)
                await writer.drain()
        _close(ends)


def _close(ends: Ends) -> None:
    for writer in ends:
        writer.close()

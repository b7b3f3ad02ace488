"""Pages that load again by themselves."""

import asyncio
import signal
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from quart import Quart

from tests.people import Person
from tests.servers import ROOT, free_port, process, quart


class Web(NamedTuple):
    """The web server of `just dev`, and where it listens."""

    process: asyncio.subprocess.Process
    port: int


@pytest.fixture
async def web(app: object, environment: dict[str, str]) -> AsyncIterator[Web]:
    port = free_port()
    told = environment | {"QUART_CONFIG": "development", "DEV_DATABASE_URL": environment["DATABASE_URL"]}
    told |= {"PORT": str(port), "LOG_LEVEL": "info"}
    async with process(*quart("web"), environment=told, until="web.started") as running:
        yield Web(running, port)


async def test_a_page_hears_of_a_saved_template_at_once_although_what_it_hears_is_compressed(web: Web) -> None:
    async with listening(web.port, since=time.time()) as event:
        assert "retry:" in await event()
        saving = asyncio.create_task(save_again_and_again(ROOT / "templates/main/index.html"))
        assert "event: changed\n" in await event()
        saving.cancel()


async def test_a_page_from_before_a_restart_hears_so_when_it_asks_again(web: Web) -> None:
    async with listening(web.port, since=time.time() - 3600) as event:
        assert "retry:" in await event()
        assert "event: changed\n" in await event()


async def test_a_page_that_is_open_does_not_hold_up_a_restart(web: Web) -> None:
    async with listening(web.port, since=time.time()) as event:
        assert "retry:" in await event()
        web.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(web.process.wait(), 5) == 0


async def test_in_development_every_page_asks_to_be_told_and_elsewhere_none(ada: Person, in_development: Quart) -> None:
    assert "/static/dist/reload-" not in (await ada.visit("/")).text
    assert (await ada.visit("/dev/reload")).status == 404
    ada.browser = in_development.test_client()
    for path in ("/", "/account/login", "/no/such/page"):
        assert "/static/dist/reload-" in (await ada.visit(path)).text


@asynccontextmanager
async def listening(port: int, since: float) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """A page that listens to what comes in compressed chunks, of which each is unpacked when it has come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    unpack = zlib.decompressobj(wbits=31)

    async def event() -> str:
        size = int(await reader.readline(), 16)
        return unpack.decompress((await reader.readexactly(size + 2))[:-2]).decode()

    writer.write(f"GET /dev/reload?since={since} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode())
    async with asyncio.timeout(10):
        assert b"content-encoding: gzip" in await reader.readuntil(b"\r\n\r\n")
        yield event
    writer.close()
    await writer.wait_closed()


async def save_again_and_again(file: Path) -> None:
    """Until it is heard of: nobody says from when on it is watched."""
    while True:
        await asyncio.to_thread(file.touch)
        await asyncio.sleep(0.1)

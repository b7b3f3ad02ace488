"""Clients without manners: they leave early, dawdle, or do not listen."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlencode

from tests.faults.people import Visitor
from tests.people import PASSWORD

RESET_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: do not wait, send RST


async def leave_early(port: int, request: bytes, *, after: float) -> None:
    """Send a request, and hang up so many seconds later without having read an answer."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await writer.drain()
    await asyncio.sleep(after)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_ONCE)
    writer.transport.abort()


async def registration(visitor: Visitor, port: int, emails: list[str]) -> list[bytes]:
    """The requests by which the visitor's browser would register these addresses."""
    token = (await visitor.visit("/account/register")).csrf_token
    return [_post("/account/register", visitor.cookies, port, _fields(email, token)) for email in emails]


def half_a_post(port: int) -> bytes:
    """The beginning of a form."""
    return _post("/account/login", "", port, "email=ada@example.com" * 50)[:-500]


async def is_cut_off(port: int, sent: bytes) -> None:
    """Send this, and wait until the server has had enough."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    try:
        async with asyncio.timeout(30):
            await reader.read()
    except ConnectionError:
        pass
    finally:
        writer.transport.abort()


@asynccontextmanager
async def never_reading(port: int, sent: bytes, number: int) -> AsyncIterator[None]:
    """Clients who ask for much and take nothing."""
    async with AsyncExitStack() as plugs:
        for _ in range(number):
            plug = plugs.enter_context(socket.socket())
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            plug.setblocking(False)
            await asyncio.get_running_loop().sock_connect(plug, ("127.0.0.1", port))
            await asyncio.get_running_loop().sock_sendall(plug, sent)
        yield


def _fields(email: str, token: str) -> str:
    names = {"first_name": "Ada", "last_name": "Lovelace", "email": email}
    return urlencode(names | {"password": PASSWORD, "password2": PASSWORD, "csrf_token": token})


def _post(path: str, cookies: str, port: int, body: str) -> bytes:
    head = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Cookie: {cookies}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*head, "", body]).encode()

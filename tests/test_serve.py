"""The web server as a process of its own, and what a rude client sends it."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator

import pytest

from app import serve
from app.settings import read
from tests.servers import free_port, process, quart

TOKEN = "c2VjcmV0LXRva2Vu"
STRONG = "correct horse battery staple, 32 and more"


@pytest.fixture(scope="module")
async def port(environment: dict[str, str], app: object) -> AsyncIterator[int]:
    port = free_port()
    told = environment | {"PORT": str(port), "LOG_LEVEL": "info"}
    async with process(*quart("web"), environment=told, until="web.started") as running:
        yield port
        running.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(running.wait(), 10) == 0


async def ask(port: int, request: str, host: str = "localhost") -> tuple[int, str]:
    """What comes back for a request that is written by hand, head and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head, _, body = request.partition("\n\n")
    lines = [*head.split("\n"), *([f"Host: {host}"] if host else []), "Connection: close"]
    if any(line.startswith("Upgrade") for line in lines):
        lines[-1] = "Connection: Upgrade"
    writer.write("\r\n".join([*lines, "", body]).encode("latin-1"))
    async with asyncio.timeout(10):
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    writer.close()
    await writer.wait_closed()
    return int(answer.split()[1]), answer


async def test_a_page_comes_without_the_names_of_products(port: int) -> None:
    status, head = await ask(port, "GET / HTTP/1.1")
    assert status == 200
    assert not re.search("^server:", head, re.IGNORECASE | re.MULTILINE)


@pytest.mark.parametrize(
    "host", ["a..b", ".", "a" * 300, "x" * 64 + ".example", "a b", "[::1", "é", "localhost:x", "evil.example"]
)
async def test_a_host_that_is_none_is_no_failure(port: int, host: str) -> None:
    for path in ("/", "/static/logo.svg", "/no/such/page", "/admin"):
        status, _ = await ask(port, f"GET {path} HTTP/1.1", host)
        assert status == (200 if path.startswith("/static") else 400)


async def test_a_connection_ends_when_its_client_hangs_up(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    async with asyncio.timeout(2):  # not only after KEEP_ALIVE
        await reader.readuntil(b"\r\n\r\n")
        writer.write_eof()
        await reader.read()
    writer.close()


@pytest.mark.parametrize("length", ["", "Content-Length: 5\r\n"])
async def test_what_follows_a_body_of_unknown_length_is_not_served(port: int, length: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /account/login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n{length}\r\n"
    writer.write(f"{head}0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 411")
    assert answer.count(b"HTTP/1.1") == 1


async def test_our_name_counts_with_any_port_and_in_any_case(port: int) -> None:
    for host in ("localhost", "LocalHost:5000", "localhost:1"):
        assert (await ask(port, "GET / HTTP/1.1", host))[0] == 200


async def test_another_name_gets_no_page_and_no_redirect_but_the_health_is_told(port: int) -> None:
    for path in ("/", "/admin", "/account/login"):
        status, head = await ask(port, f"GET {path} HTTP/1.1", "evil.example")
        assert status == 400
        assert "evil.example" not in head
    assert (await ask(port, "GET /healthz HTTP/1.1", "10.0.0.7:5000"))[0] == 200


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET http://[/ HTTP/1.1", 200),
        ("GET http://elsewhere/healthz HTTP/1.1", 200),
        ("GET /static/" + "a" * 300 + " HTTP/1.1", 404),
        ("GET /static/" + "a" * 5000 + " HTTP/1.1", 404),
        ("GET /static/logo.svg HTTP/1.1\nRange: bytes=-5", 200),
        ("GET / HTTP/1.1\nUpgrade: h2c\nHTTP2-Settings: A", 200),
        (f"GET /account/confirm-account/{TOKEN} HTTP/1.1\nUpgrade: websocket\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13", 403),
        ("POST /account/login HTTP/1.1\nOrigin: http://[\nContent-Length: 0", 400),
        ("POST /account/login HTTP/1.1\nX-CSRFToken: \xff\nContent-Length: 0", 400),
        ("GET / HTTP/1.1\nCookie: auth=\xff; session=\xff", 200),
        ("TRACE / HTTP/1.1", 405),
        ("POST /account/login HTTP/1.1\nTransfer-Encoding: chunked", 411),
        ("POST /account/login HTTP/1.1\nTransfer-Encoding: chunked\nContent-Length: 5\n\n0\r\n\r\n", 411),
        ("POST /account/login HTTP/1.1\nTransfer-Encoding: chunked\n\n5\r\nhello\r\n0\r\n\r\n", 411),
        ("GET / HTTP/1.1" + "\nX-Much: 1" * 101, 431),
        ("GET / HTTP/1.1" + "\nX-Much: " + "1" * 16_400, 431),
        ("GET / HTTP/1.1" + "\nX-Much: 1" * 90, 200),
    ],
)  # fmt: skip
async def test_an_odd_request_gets_an_answer(port: int, request_line: str, status: int) -> None:
    assert (await ask(port, request_line))[0] == status


@pytest.mark.parametrize(
    ("given", "bind"),
    [
        ({}, "127.0.0.1:5000"),
        ({"PORT": "8123", "HOST": "192.0.2.1"}, "192.0.2.1:8123"),
        ({"QUART_CONFIG": "heroku", "PORT": "31337", "SECRET_KEY": STRONG, "DATABASE_URL": "postgres://db/app"},
         "0.0.0.0:31337"),
    ],
)  # fmt: skip
def test_the_server_listens_where_it_is_told(given: dict[str, str], bind: str) -> None:
    assert serve.configuration(read(given)).bind == [bind]

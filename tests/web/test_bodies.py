"""How much may be sent, as a real server sees it: the headers first, then piece by piece."""

import asyncio
import http.client
from collections.abc import AsyncIterator
from contextlib import closing

import pytest
from quart import Quart

from tests.people import Person
from tests.servers import free_port, process, quart

ABOUT = "/admin/pages/about"


@pytest.fixture
async def port(app: Quart, environment: dict[str, str]) -> AsyncIterator[int]:
    """Where a web server of ours listens."""
    port = free_port()
    told = environment | {"PORT": str(port), "LOG_LEVEL": "info"}
    async with process(*quart("web"), environment=told, until="web.started"):
        yield port


async def announce(person: Person, port: int, length: int, body: bytes = b"") -> int:
    """Say how long the body will be, send what there is of it, and wait for the answer."""
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in person.browser.cookie_jar or ())
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Cookie": cookies, "Content-Length": str(length)}

    def answer() -> int:
        with closing(http.client.HTTPConnection("localhost", port, timeout=10)) as connection:
            connection.request("POST", ABOUT, body, headers)
            return connection.getresponse().status

    return await asyncio.to_thread(answer)


async def test_a_body_that_is_too_long_is_refused_before_it_is_sent(
    port: int, ada: Person, grace: Person, root: Person
) -> None:
    await grace.log_in()
    await root.log_in()
    assert await announce(ada, port, 65_537) == 413
    assert await announce(grace, port, 65_537) == 413
    assert await announce(root, port, 524_289) == 413


async def test_an_administrator_may_send_a_long_page(port: int, ada: Person, root: Person) -> None:
    await root.log_in()
    token = (await root.visit(ABOUT)).csrf_token
    fields = {"csrf_token": token, "title": "About", "source": "é" * 255_000, "started_from": "0", "save": "Save"}
    part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    body = ("".join(part.format(*field) for field in fields.items()) + "--x--\r\n").encode()
    assert await announce(root, port, len(body), body) == 302
    assert (await ada.visit("/about")).text.count("é") == 255_000

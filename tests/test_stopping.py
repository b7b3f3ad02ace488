"""SIGTERM under load: what was asked is answered, whoever gets the signal, and however often."""

import asyncio
import os
import signal
import socket
import subprocess
import time
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from httpx2 import AsyncClient, ConnectError, Limits

from tests.servers import eventually, free_port, process, quart

RATE = 50  # requests a second
SLOW = 5  # seconds
ENOUGH = 25  # seconds, before a platform kills what still runs

Stop = Callable[[Process], None]


def terminate(web: Process) -> None:
    web.send_signal(signal.SIGTERM)


def terminate_all_twice(web: Process) -> None:
    os.killpg(web.pid, signal.SIGTERM)
    asyncio.get_running_loop().call_later(0.2, os.killpg, web.pid, signal.SIGTERM)


class Load:
    """Somebody who asks all the time, each time on a new connection, and counts what became of it."""

    def __init__(self, port: int) -> None:
        self.answers: Counter[object] = Counter()
        self._url, self._limits = f"http://127.0.0.1:{port}", Limits(max_keepalive_connections=0)

    async def run(self) -> None:
        """Ask until the server is gone."""
        headers = {"Host": "localhost"}
        async with (
            AsyncClient(base_url=self._url, limits=self._limits, headers=headers) as browser,
            asyncio.TaskGroup() as asking,
        ):
            while not self.answers[ConnectError]:
                asking.create_task(self._ask(browser))
                await asyncio.sleep(1 / RATE)

    async def _ask(self, browser: AsyncClient) -> None:
        try:
            self.answers[(await browser.get("/account/login", timeout=20)).status_code] += 1
        except Exception as error:
            self.answers[type(error)] += 1


async def send_slowly(port: int) -> int:
    """Take five seconds to send a form, and say with which status it was answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = b"x" * 10 * SLOW
    head = f"POST /account/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
    writer.write(head.encode() + b"Content-Type: application/x-www-form-urlencoded\r\n\r\n")
    for start in range(0, len(body), 10):
        await asyncio.sleep(1)
        writer.write(body[start : start + 10])
    answer = await reader.read()
    writer.close()
    return int(answer.split()[1])


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Of a server of these tests, none of whose pages here asks a database."""
    return {
        "QUART_APP": "app",
        "QUART_CONFIG": "testing",
        "SECRET_KEY": "only for tests, and long enough for any of them",
        "DATABASE_URL": f"sqlite:///{tmp_path}/never.sqlite",
        "BASE_URL": "http://localhost",
        "PORT": str(free_port()),
        "LOG_LEVEL": "info",
    }


@pytest.mark.parametrize(
    ("stop", "processes"),
    [(terminate, 1), (terminate_all_twice, 1), (terminate, 2), (terminate_all_twice, 2)],
)
async def test_whoever_was_let_in_is_answered(environment: dict[str, str], stop: Stop, processes: int) -> None:
    port, told = int(environment["PORT"]), {"WEB_CONCURRENCY": str(processes)}
    async with process(*quart("web"), environment=environment | told, until="web.started") as web:
        load = Load(port)
        async with asyncio.TaskGroup() as clients:
            clients.create_task(load.run())
            await eventually(lambda: load.answers[200] > RATE)
            slow = [clients.create_task(send_slowly(port)) for _ in range(10)]
            await asyncio.sleep(1)
            stopped = time.monotonic()
            stop(web)
            code = await asyncio.wait_for(web.wait(), ENOUGH)
    assert code == 0
    assert time.monotonic() - stopped > SLOW - 2
    assert [await each for each in slow] == [400] * 10
    assert load.answers.keys() == {200, ConnectError}


async def test_who_waits_at_the_door_at_that_moment_is_let_in(environment: dict[str, str]) -> None:
    ask, closing = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\r\nconnection: close\r\n"
    async with process(*quart("web"), environment=environment, until="web.started") as web:
        kept = await asyncio.open_connection("127.0.0.1", environment["PORT"])
        kept[1].write(ask)
        assert closing not in await kept[0].readuntil(b'"ok"}\n')
        web.send_signal(signal.SIGSTOP)  # so that all of them wait
        waiting = [kept, *[await asyncio.open_connection("127.0.0.1", environment["PORT"]) for _ in range(20)]]
        for _, writer in waiting:
            writer.write(ask)
        terminate(web)
        web.send_signal(signal.SIGCONT)
        answers = [await reader.read() for reader, _ in waiting]
        for _, writer in waiting:
            writer.close()
    assert [answer[:12] for answer in answers] == [b"HTTP/1.1 200"] * 21
    assert all(closing in answer for answer in answers)


async def test_the_only_one_who_comes_at_that_moment_is_let_in(environment: dict[str, str]) -> None:
    async with process(*quart("web"), environment=environment, until="web.started") as web:
        web.send_signal(signal.SIGSTOP)
        reader, writer = await asyncio.open_connection("127.0.0.1", environment["PORT"])
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        terminate(web)
        web.send_signal(signal.SIGCONT)
        assert b'"ok"' in await reader.read()
        writer.close()


async def test_a_request_without_an_end_does_not_keep_the_server(environment: dict[str, str]) -> None:
    told = {"SHUTDOWN_TIMEOUT": "1", "BODY_TIMEOUT": "60"}
    async with process(*quart("web"), environment=environment | told, until="web.started") as web:
        slow = asyncio.create_task(send_slowly(int(environment["PORT"])))
        await asyncio.sleep(0.5)
        terminate(web)
        assert await asyncio.wait_for(web.wait(), 4) == 0
        with pytest.raises((IndexError, ConnectionError)):
            await slow


async def test_a_process_that_dies_is_replaced(environment: dict[str, str]) -> None:
    async with process(*quart("web"), environment=environment | {"WEB_CONCURRENCY": "2"}, until="web.started") as web:
        parent = psutil.Process(web.pid)
        await eventually(lambda: len(parent.children()) == 2)
        before = parent.children()
        before[0].kill()
        await eventually(lambda: len(set(parent.children()) - set(before)) == 1)
        assert before[1] in parent.children()


async def test_processes_without_their_parent_let_the_port_go(environment: dict[str, str]) -> None:
    async with process(*quart("web"), environment=environment | {"WEB_CONCURRENCY": "2"}, until="web.started") as web:
        parent = psutil.Process(web.pid)
        await eventually(lambda: len(parent.children()) == 2)
        children = parent.children()
        web.kill()
        await eventually(lambda: not any(child.is_running() and child.status() != "zombie" for child in children))


def test_a_port_that_is_taken_is_said_in_a_sentence(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            quart("web"), env=os.environ | environment | {"PORT": port}, capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr == f"Cannot listen on 127.0.0.1:{port}: Address already in use.\n"

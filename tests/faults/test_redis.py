"""Redis is the doorbell: whatever befalls it, the site is quick and the mail arrives."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.faults.people import register
from tests.faults.proxies import Wire
from tests.faults.stack import Stack, only_on

QUICK = 1.5  # seconds

Harm = Callable[[Stack], AbstractContextManager[None]]


@contextmanager
def down(stack: Stack) -> Iterator[None]:
    stack.valkey.terminate()
    yield
    stack.valkey.start()


@contextmanager
def frozen(stack: Stack) -> Iterator[None]:
    assert stack.valkey._process is not None
    stack.valkey._process.send_signal(signal.SIGSTOP)
    yield
    stack.valkey._process.send_signal(signal.SIGCONT)


@contextmanager
def full(stack: Stack) -> Iterator[None]:
    with stack.valkey.client() as client:
        client.config_set("maxmemory", 1)
        yield
        client.config_set("maxmemory", 0)


@contextmanager
def read_only(stack: Stack) -> Iterator[None]:
    with stack.valkey.client() as client:
        client.replicaof("127.0.0.1", "1")
        yield
        client.replicaof("NO", "ONE")


@contextmanager
def locked(stack: Stack) -> Iterator[None]:
    with stack.valkey.client() as client:
        client.config_set("requirepass", "not the one that we were told")
        client.execute_command("CLIENT KILL TYPE normal")
        yield
        client.config_set("requirepass", "")


@only_on("sqlite")
@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(down, marks=pytest.mark.faults("R5a", "Redis is down")),
        pytest.param(frozen, marks=pytest.mark.faults("R5b", "Redis hangs (SIGSTOP)")),
        pytest.param(full, marks=pytest.mark.faults("R5c", "Redis is full")),
        pytest.param(read_only, marks=pytest.mark.faults("R5c", "Redis is read only")),
        pytest.param(locked, marks=pytest.mark.faults("R5c", "Redis wants another password")),
    ],
)
async def test_without_redis_people_register_in_a_moment_and_get_their_mail(stack: Stack, harm: Harm) -> None:
    await stack.start()
    await register(stack.newcomer, 3)
    with harm(stack):
        await register(stack.newcomer, 10, at_once=2)
        await stack.recovers(within=10)
        assert stack.ledger.slowest < QUICK
    await register(stack.newcomer, 3)
    await stack.recovers()
    assert stack.worker.is_running


@only_on("sqlite")
@pytest.mark.faults("R5c", "Redis answers after 5 s")
async def test_nobody_waits_for_a_redis_that_is_slow(stack: Stack) -> None:
    wire = Wire(lambda: asyncio.open_connection("127.0.0.1", stack.valkey.port))
    await wire.start()
    await stack.start(REDIS_URL=f"redis://127.0.0.1:{wire.port}/0")
    await register(stack.newcomer, 3)
    wire.delay = 5
    await register(stack.newcomer, 10, at_once=2)
    await stack.recovers(within=10)
    assert stack.ledger.slowest < QUICK
    await stack.close()
    await wire.stop()


@only_on("postgresql")
@pytest.mark.faults("R6", "Redis comes back empty, with 50 mails queued")
async def test_a_redis_that_comes_back_empty_loses_no_mail_and_nobody_is_logged_out(stack: Stack) -> None:
    await stack.start()
    root = await stack.administrator()
    worker = stack.worker.pid
    async with stack.mail_server.slow() as arriving:
        await register(stack.newcomer, 50)
        await asyncio.wait_for(arriving.wait(), 10)
        stack.valkey.terminate()
        stack.valkey.start()
        stack.is_harmed_no_more()
        stack.mail_server.go_on()
    await stack.recovers()
    assert (stack.worker.is_running, stack.worker.pid) == (True, worker)
    assert (await root.visit("/account/manage")).status == 200
    assert len(stack.mail_server.received) == 50

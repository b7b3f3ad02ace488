"""The worker: does what waits in the database when the doorbell rings, and every few seconds anyway."""

import asyncio
from contextlib import suppress
from typing import Any

import structlog
from arq.connections import ArqRedis
from arq.worker import Worker, func
from quart import Quart
from redis.exceptions import RedisError

from app import loop
from app.jobs import doorbell
from app.jobs.dispatcher import Dispatcher
from app.mail import transports
from app.settings import settings

log = structlog.get_logger()

SUBSCRIPTION = 60  # seconds, then another: one in which Redis was killed just as it began can stay deaf
REPORTS = 3  # seconds in which errors are still reported before the worker ends


async def work(app: Quart) -> None:
    """Do jobs until SIGTERM or SIGINT, then finish what was begun."""
    dispatcher = Dispatcher(app)
    loop.on_stop(dispatcher.stop)
    ways = (_run_arq, _listen) if settings().redis_url else ()
    listening = {asyncio.create_task(listen(dispatcher.bell)) for listen in ways}
    log.info("worker.started")
    await dispatcher.run()
    while listening:
        for task in listening:
            task.cancel()  # again, if need be: the client can swallow a cancellation
        _, listening = await asyncio.wait(listening, timeout=1)
    await transports.close()
    if app.background_tasks:
        await asyncio.wait(app.background_tasks, timeout=REPORTS)
    for close in app.after_serving_funcs:
        await app.ensure_async(close)()
    log.info("worker.stopped")


async def _listen(bell: asyncio.Event) -> None:
    """Wake at once when somebody rings; what fails of Redis, `_run_arq` logs."""
    async with doorbell.connect(settings(), timeout=5) as redis:
        while True:
            with suppress(Exception):  # whatever it was, the next one may fare better
                async with asyncio.timeout(SUBSCRIPTION):
                    await _listen_to(redis, bell)
            await asyncio.sleep(1)


async def _listen_to(redis: ArqRedis, bell: asyncio.Event) -> None:
    async with redis.pubsub(ignore_subscribe_messages=True) as channel:
        await channel.subscribe(doorbell.BELL)
        while True:
            if await channel.get_message(timeout=5):
                bell.set()


async def _run_arq(bell: asyncio.Event) -> None:
    """Run arq's worker, and another one after it whenever Redis took it down."""

    async def ring(_context: dict[Any, Any]) -> None:
        bell.set()

    wait = 0.2
    while True:
        worker = _arq_worker(ring)
        started = asyncio.get_running_loop().time()
        try:
            await worker.async_run()
        except (RedisError, OSError) as error:
            log.warning("doorbell.away", reason=repr(error))
        finally:
            await worker.pool.aclose()
        lived = asyncio.get_running_loop().time() - started
        wait = 0.2 if lived > 10 else min(wait * 2, 5)  # noqa: PLR2004 (seconds; long enough to call it up again)
        await asyncio.sleep(wait)


def _arq_worker(ring: Any) -> Worker:
    return Worker(
        [func(ring, name=doorbell.BELL, keep_result=0, max_tries=1)],
        redis_pool=doorbell.connect(settings(), timeout=5),
        job_serializer=doorbell.serialize,
        job_deserializer=doorbell.deserialize,
        handle_signals=False,
        log_results=False,
        health_check_interval=10,
    )

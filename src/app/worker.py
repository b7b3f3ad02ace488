"""The worker: delivers what waits in the database when the doorbell rings, and every few seconds anyway."""

import asyncio
import signal
from contextlib import suppress
from typing import Any

import structlog
from arq.worker import Worker, func
from quart import Quart
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app import jobs
from app.mail import delivery
from app.settings import settings

log = structlog.get_logger()


async def work(app: Quart) -> None:
    """Deliver until SIGTERM or SIGINT, then finish what was begun."""
    stopping, bell = asyncio.Event(), asyncio.Event()

    def stop() -> None:
        stopping.set()
        bell.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop)
    listening = asyncio.create_task(_listen(bell))
    log.info("worker.started")
    async with asyncio.TaskGroup() as deliveries:
        for _ in range(settings().outbox_parallel):
            deliveries.create_task(_deliver(app, stopping, bell))
    while not listening.done():
        listening.cancel()  # again, if need be: the client can swallow a cancellation
        await asyncio.wait([listening], timeout=1)
    await app.extensions["engine"].dispose()
    log.info("worker.stopped")


async def _deliver(app: Quart, stopping: asyncio.Event, bell: asyncio.Event) -> None:
    while not stopping.is_set():
        bell.clear()  # before looking, so that a ring during the look is heard
        try:
            mail = await delivery.claim(app)
        except (SQLAlchemyError, OSError) as error:
            log.warning("database.away", reason=repr(error))
            mail = None
        if mail is not None:
            await delivery.deliver(app, mail)
            continue
        with suppress(TimeoutError):
            async with asyncio.timeout(settings().outbox_sweep.total_seconds()):
                await bell.wait()


async def _listen(bell: asyncio.Event) -> None:
    """Run arq's worker, and another one after it whenever Redis took it down."""
    if not settings().redis_url:
        return

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
        [func(ring, name=jobs.BELL, keep_result=0, max_tries=1)],
        redis_pool=jobs.connect(settings(), timeout=5),
        job_serializer=jobs.serialize,
        job_deserializer=jobs.deserialize,
        handle_signals=False,
        poll_delay=0.05,
        log_results=False,
        health_check_interval=10,
    )

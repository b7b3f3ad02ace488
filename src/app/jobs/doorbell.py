"""The doorbell: tells the worker through Redis, by arq, that something waits in the database."""

import asyncio
import json
import time
from typing import Any, Literal

import structlog
from arq.connections import ArqRedis
from quart import Quart, current_app
from redis.exceptions import RedisError

from app.settings import Settings, settings

log = structlog.get_logger()

BELL = "ring"


def init_app(app: Quart, settings: Settings) -> None:
    """Give the application a doorbell, if there is a Redis to hang it on."""
    if settings.redis_url:
        app.extensions["doorbell"] = doorbell = connect(settings)  # whoever uses it has a limit of their own
        app.extensions["doorbell_silent_until"] = 0.0
        app.after_serving(doorbell.aclose)


def connect(settings: Settings, *, timeout: float | None = None) -> ArqRedis:
    """A client that connects on first use, so that the web starts without Redis; `timeout` in seconds."""
    redis: ArqRedis = ArqRedis.from_url(
        settings.redis_url, socket_connect_timeout=timeout, socket_timeout=timeout, health_check_interval=15
    )
    # arq's default is pickle: whoever can write to Redis could then run code in the worker.
    redis.job_serializer, redis.job_deserializer = serialize, deserialize
    return redis


def serialize(job: dict[str, Any]) -> bytes:
    return json.dumps(job).encode()


def deserialize(job: bytes) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(job)
    return loaded


async def ring() -> None:
    """Wake a worker; without Redis it wakes by itself a little later, so a failure is only logged."""
    if (dispatcher := current_app.extensions.get("dispatcher")) is not None:
        dispatcher.bell.set()
        return
    doorbell = current_app.extensions.get("doorbell")
    if doorbell is None or time.monotonic() < current_app.extensions["doorbell_silent_until"]:
        return
    try:
        async with asyncio.timeout(settings().redis_timeout):
            if not await doorbell.publish(BELL, ""):  # nobody hears it
                await doorbell.enqueue_job(BELL)  # for a worker that comes later
    except (RedisError, OSError, TimeoutError) as error:
        log.warning("doorbell.silent", reason=repr(error))
        # Whoever comes next need not wait for a Redis that hangs.
        current_app.extensions["doorbell_silent_until"] = time.monotonic() + settings().breaker_pause.total_seconds()


async def state() -> Literal["ok", "away", "not used"]:
    """Whether Redis is there."""
    if (doorbell := current_app.extensions.get("doorbell")) is None:
        return "not used"
    try:
        async with asyncio.timeout(settings().redis_timeout):
            await doorbell.ping()
    except (RedisError, OSError, TimeoutError):
        return "away"
    return "ok"

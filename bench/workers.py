"""The workers that are compared, each with a Redis database of its own, and how they get to know of their work."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter

from arq import create_pool
from arq.connections import RedisSettings
from redis import Redis
from rq import Queue

from bench.comparing import OURS
from bench.ours import Ours
from bench.rivals import arq_worker, rq_worker
from bench.services import Services, module
from tests.servers import quart

FORKING, KEPT = "RQ, forking", "arq, connections kept"
FIFTY = {"JOBS_PARALLEL": "50", "JOBS_PER_LANE": "50", "DATABASE_POOL_SIZE": "51"}
MAIL = ("ada@example.com", "IjEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIi.a-signature-of-the-length-that-ours-has-43-ch")

Accept = Callable[[], Awaitable[float]]  # says when it could no longer be lost, or at least was handed over


@dataclass(frozen=True)
class Contestant:
    """A worker process, and those who give it work."""

    worker: tuple[str, ...]
    environment: dict[str, str]
    accept_mail: Accept
    accept_nothing: Accept
    waiting: Callable[[], Awaitable[int]]  # how many jobs it is not done with
    mails: int  # that it sends in a second, roughly; by this, each is given work for about as long
    nothings: int


@asynccontextmanager
async def contestants(services: Services) -> AsyncIterator[dict[str, Contestant]]:
    """Ours with as much at once as arq's, ours as it comes, and the others."""
    told = [
        services.environment(QUART_APP="bench.jobs", REDIS_URL=services.redis_url.replace("/0", f"/{number}"))
        for number in range(3)
    ]
    async with Ours.on(services) as ours, _arq(told[1]) as bare_arq, _rq(told[2]) as rq:
        us = partial(
            Contestant,
            quart("worker"),
            accept_mail=ours.accept_mail,
            accept_nothing=ours.accept_nothing,
            waiting=ours.count_waiting,
            nothings=300,
        )
        yield {
            f"{OURS}, 50 at once": us(told[0] | FIFTY, mails=200),
            f"{OURS}, as it comes": us(told[0], mails=100),
            **rq,
            **bare_arq,
        }


@asynccontextmanager
async def _rq(environment: dict[str, str]) -> AsyncIterator[dict[str, Contestant]]:
    queue = Queue(connection=Redis.from_url(environment["REDIS_URL"]))

    async def accept(job: str, *arguments: str) -> float:
        queue.enqueue(f"{rq_worker.__name__}.{job}", *arguments)
        return perf_counter()

    async def waiting() -> int:
        number: int = queue.count + queue.started_job_registry.count
        return number

    either = partial(
        Contestant,
        environment=environment,
        accept_mail=partial(accept, "send", *MAIL),
        accept_nothing=partial(accept, "nothing"),
        waiting=waiting,
    )
    yield {
        FORKING: either(module(rq_worker.__name__, "Worker"), mails=20, nothings=60),
        "RQ, SimpleWorker": either(module(rq_worker.__name__, "SimpleWorker"), mails=35, nothings=300),
    }
    queue.connection.close()


@asynccontextmanager
async def _arq(environment: dict[str, str]) -> AsyncIterator[dict[str, Contestant]]:
    redis = await create_pool(RedisSettings.from_dsn(environment["REDIS_URL"]))

    async def accept(job: str, *arguments: str) -> float:
        await redis.enqueue_job(job, *arguments)
        return perf_counter()

    async def waiting() -> int:
        number: int = await redis.zcard(redis.default_queue_name)
        return number

    either = partial(
        Contestant,
        module(arq_worker.__name__),
        environment,
        accept_nothing=partial(accept, "nothing"),
        waiting=waiting,
        nothings=1500,
    )
    yield {
        "arq": either(accept_mail=partial(accept, "send", *MAIL), mails=200),
        KEPT: either(accept_mail=partial(accept, "send_kept", *MAIL), mails=250),
    }
    await redis.aclose()

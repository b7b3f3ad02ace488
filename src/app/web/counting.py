"""Counts within a time: in Redis for all processes together, and in this one for when Redis is away."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import cache
from heapq import heappop, heappush
from math import ceil
from typing import Any, TypeVar

import structlog
from limits import RateLimitItem, parse_many
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter as Counter
from quart import Quart
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.settings import settings

log = structlog.get_logger()

T = TypeVar("T")

Rate = RateLimitItem


def init_app(app: Quart) -> None:
    """Give the application its counts, beside the doorbell if there is a Redis."""
    app.extensions["counts"] = Counts(app.extensions.get("doorbell"))


@cache
def rates(text: str) -> list[Rate]:
    """What a setting such as `1/3 minutes, 5/day` means."""
    return parse_many(text)


class Counts:
    """What this process has seen is always counted, too, so that nobody starts afresh when Redis goes."""

    def __init__(self, redis: Redis | None) -> None:
        self._here = Counter(Memory())
        self._shared = None if redis is None else Counter(shared_storage(redis))
        self._alone = False
        self._alone_until = 0.0

    async def add(self, rate: Rate, *key: str) -> int:
        """Count one more; the seconds to wait until that is allowed, 0 if it is now."""

        async def add(counter: Counter) -> int:
            if await counter.hit(rate, *key):
                return 0
            window = await counter.get_window_stats(rate, *key)
            return max(1, ceil(window.reset_time - time.time()))

        return max(await self._on_both(add))

    async def take_back(self, rate: Rate, *key: str) -> None:
        """Count one less: the others stay."""
        await self._on_both(lambda counter: counter.hit(rate, *key, cost=-1))

    async def forget(self, rate: Rate, *key: str) -> None:
        """Begin from nothing."""
        await self._on_both(lambda counter: counter.clear(rate, *key))

    async def _on_both(self, work: Callable[[Counter], Awaitable[T]]) -> list[T]:
        done = [await work(self._here)]
        if self._shared is None or time.monotonic() < self._alone_until:
            return done
        try:
            async with asyncio.timeout(settings().redis_timeout):
                done.append(await work(self._shared))
        except (RedisError, OSError, TimeoutError) as error:
            self._go_on_alone(error)
        else:
            self._come_back()
        return done

    def _go_on_alone(self, error: Exception) -> None:
        if not self._alone:
            log.error("throttling.alone", reason=repr(error))
        self._alone = True
        # Whoever asks in the meantime need not wait for a Redis that hangs.
        self._alone_until = time.monotonic() + settings().breaker_pause.total_seconds()

    def _come_back(self) -> None:
        if self._alone:
            log.info("throttling.together")
        self._alone = False


class Memory(MemoryStorage):
    """The library's own looks through all counts at each one, which takes long once attackers have made many."""

    def __init__(self) -> None:
        super().__init__()
        self._ends: list[tuple[float, str]] = []

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = time.time()
        while self._ends and self._ends[0][0] <= now:
            await self.get(heappop(self._ends)[1])  # which forgets what is over
        self.storage[key] += amount
        if self.storage[key] == amount:
            self.expirations[key] = now + expiry
            heappush(self._ends, (now + expiry, key))
        return self.storage[key]


def shared_storage(redis: Redis) -> RedisStorage:
    """Where all processes count, over the connections that the doorbell has."""
    pool: Any = redis.connection_pool  # limits passes it on to redis, but types it as text
    return RedisStorage("async+redis://", implementation="redispy", connection_pool=pool)

"""Answers that take the same time whatever is found, so that the time tells nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.settings import settings

TICK = 0.002  # seconds; timers wake up to one or two thousandths late, and how late depends on when they were set


@asynccontextmanager
async def same_time() -> AsyncIterator[None]:
    """Let what is done inside take as long as ANSWER_TIME says, unless it takes longer."""
    loop = asyncio.get_running_loop()
    end = loop.time() + settings().answer_time
    yield
    await asyncio.sleep(end - TICK - loop.time())
    while loop.time() < end:  # noqa: ASYNC110 (it is the time that is waited for)
        await asyncio.sleep(0)

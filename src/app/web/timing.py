"""Answers that take the same time whatever is found, so that the time tells nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.settings import settings


@asynccontextmanager
async def same_time() -> AsyncIterator[None]:
    """Let what is done inside take as long as ANSWER_TIME says, unless it takes longer."""
    loop = asyncio.get_running_loop()
    end = loop.time() + settings().answer_time
    yield
    await asyncio.sleep(end - loop.time())

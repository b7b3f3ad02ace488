"""Answers whose time tells nothing."""

import asyncio

import pytest

from app.settings import settings
from app.web.timing import same_time

pytestmark = pytest.mark.usefixtures("environment")


async def test_a_quick_answer_waits_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSWER_TIME", "0.05")
    settings.cache_clear()
    loop = asyncio.get_running_loop()
    started = loop.time()
    async with same_time():
        pass
    assert loop.time() - started >= 0.05
    monkeypatch.undo()
    settings.cache_clear()


async def test_a_slow_answer_waits_no_longer() -> None:
    async with asyncio.timeout(5), same_time():
        await asyncio.sleep(0)

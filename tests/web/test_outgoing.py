"""How an answer goes out."""

import asyncio

import pytest
from quart import Quart

from tests.people import Person


async def test_an_answer_that_takes_long_ends_when_whoever_asked_for_it_leaves(
    app: Quart, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, broken_off = asyncio.Event(), asyncio.Event()

    async def dawdle() -> str:
        began.set()
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            broken_off.set()
            raise
        return "too late"

    monkeypatch.setitem(app.view_functions, "main.about", dawdle)
    async with ada.browser.request("/about", method="GET") as answer:
        await answer.send_complete()
        await began.wait()
        await answer.disconnect()
    assert broken_off.is_set()

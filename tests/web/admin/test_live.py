"""A page that an administrator looks at hears that it has changed."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from quart import Quart

from tests.conftest import Deliver
from tests.jobs.labour import note, promise
from tests.people import Person

Next = Callable[[], Awaitable[str]]


@asynccontextmanager
async def listening(person: Person, path: str, last: str = "") -> AsyncIterator[Next]:
    """An open stream of events, of which one at a time is read."""
    headers = {"Last-Event-ID": last} if last else {}
    async with person.browser.request(path, method="GET", headers=headers) as stream:
        await stream.send_complete()

        async def event() -> str:
            return (await stream.receive()).decode()

        assert (await event()).startswith("retry: ")
        yield event
        await stream.disconnect()


async def address(boss: Person, page: str) -> str:
    region = (await boss.visit(page)).soup.select_one("[data-live]")
    assert region is not None
    assert region["id"]
    return str(region["data-live"])


@pytest.mark.parametrize("page", ["/admin/jobs", "/admin/mail"])
async def test_a_page_hears_of_a_change_once(
    app: Quart, boss: Person, deliver: Deliver, tell: Callable[..., None], page: str
) -> None:
    tell(LIVE_FOR=30)
    async with listening(boss, await address(boss, page)) as event:
        await promise(app, note, text="hello")
        assert "event: changed" in await event()
        await deliver()
        assert "event: changed" in await event()


async def test_a_page_hears_what_it_missed_between_loading_and_listening(
    app: Quart, boss: Person, tell: Callable[..., None]
) -> None:
    tell(LIVE_FOR=30)
    path = await address(boss, "/admin/jobs")
    await promise(app, note, text="hello")
    async with listening(boss, path) as event:
        changed = await event()
    found = re.search(r"id: (\w+)", changed)
    assert found
    await promise(app, note, text="again")
    async with listening(boss, path, last=found[1]) as event:
        assert "event: changed" in await event(), "told by what the browser has seen last"


async def test_the_stream_ends_after_a_while_and_has_to_be_asked_for_again(app: Quart, boss: Person) -> None:
    answer = await boss.visit(await address(boss, "/admin/jobs"))
    assert answer.text == "retry: 1000\n\n"
    assert answer.headers["Content-Type"].startswith("text/event-stream")

"""Tells the browser that what it shows has changed on disk."""

from asyncio import Event
from collections.abc import AsyncIterator

from quart import Response, current_app

from app.settings import ROOT
from app.web.assets import MANIFEST
from app.web.dev import dev


@dev.get("/reload")
async def reload() -> Response:
    """Send an event whenever a template, or what is built of assets/, has changed."""
    response = Response(_events(current_app.extensions["stopping"]), content_type="text/event-stream")
    response.timeout = None  # it lasts as long as the page is open
    return response


async def _events(stopping: Event) -> AsyncIterator[str]:
    from watchfiles import awatch

    yield "retry: 200\n\n"  # milliseconds until a browser asks again, for after a restart
    # The event that awatch takes would be set by the first browser that leaves, hence looking now and then.
    watched = awatch(
        ROOT / "templates", ROOT / "static", watch_filter=_shows, debounce=50, rust_timeout=200, yield_on_timeout=True
    )
    async for changes in watched:
        if stopping.is_set():
            return
        if changes:
            yield "event: changed\ndata: \n\n"


def _shows(_change: object, path: str) -> bool:
    return "/dist/" not in path or path == str(MANIFEST)  # which comes once everything that it names is there

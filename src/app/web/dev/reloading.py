"""Tells the browser that what it shows has changed on disk."""

import time
from asyncio import Event
from collections.abc import AsyncIterator

from quart import Response, current_app, request

from app.settings import ROOT
from app.web.assets import MANIFEST
from app.web.dev import dev

WATCHED = (ROOT / "templates", ROOT / "static")
STARTED = time.time()
CHANGED = "event: changed\ndata:\n\n"


@dev.get("/reload")
async def reload() -> Response:
    """Send an event once a template, or what is built of assets/, or this process is newer than the page that asks."""
    since = request.args.get("since", 0.0, type=float)
    return Response(_events(since, current_app.extensions["stopping"]), content_type="text/event-stream")


async def _events(since: float, stopping: Event) -> AsyncIterator[str]:
    from watchfiles import awatch

    yield "retry: 200\n\n"  # milliseconds until a browser asks again, for after a restart
    if max(STARTED, _last_saved()) > since:
        yield CHANGED
    # The event that awatch takes would be set by the first browser that leaves, hence looking now and then.
    watched = awatch(*WATCHED, watch_filter=_shows, debounce=50, rust_timeout=200, yield_on_timeout=True)
    async for changes in watched:
        if stopping.is_set():
            return
        if changes:
            yield CHANGED


def _last_saved() -> float:
    files = (file for directory in WATCHED for file in directory.rglob("*") if _shows(None, str(file)))
    return max(file.stat().st_mtime for file in files)


def _shows(_change: object, path: str) -> bool:
    return "/dist/" not in path or path == str(MANIFEST)  # which comes once everything that it names is there

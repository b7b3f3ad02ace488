"""Server-sent events, by which a page that an administrator looks at hears that it has changed."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress

from quart import Quart, Response, request
from quart.globals import app_ctx

from app.database import session
from app.jobs import oversight
from app.settings import settings
from app.web.admin import admin
from app.web.guards import admin_required

LOOK = 1  # seconds between two looks


@admin.get("/live")
@admin_required
async def live() -> Response:
    """Tell whenever something about jobs and mails has changed since what the browser has seen."""
    seen = request.headers.get("Last-Event-ID") or request.args.get("seen", "")
    return Response(_changes(app_ctx.app, seen), content_type="text/event-stream")


async def _changes(app: Quart, seen: str) -> AsyncIterator[str]:
    stopping: asyncio.Event = app.extensions.setdefault("stopping", asyncio.Event())  # serve.py sets it when it stops
    yield f"retry: {LOOK * 1000}\n\n"
    until = time.monotonic() + settings().live_for.total_seconds()
    while time.monotonic() < until:  # then the browser comes again, and is asked anew who it is
        async with app.app_context():
            now = await oversight.fingerprint(session())
        if now != seen:
            yield f"event: changed\nid: {now}\ndata:\n\n"
        seen = now
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK):
                await stopping.wait()
                return

"""What monitors ask: whether the process is alive, and whether all that it needs is there."""

import asyncio
from hmac import compare_digest
from typing import Any

from quart import request
from quart.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.database import session
from app.jobs import doorbell, heartbeats, oversight
from app.mail.delivery import deliver
from app.settings import settings
from app.web.auth import current_user, recognise
from app.web.main import main

PATIENCE = 2  # seconds; a monitor that waits longer has given up
STUCK = 60  # seconds that a mail may wait before somebody should look


@main.get("/healthz")
async def healthz() -> dict[str, str]:
    """Say that the process is alive, whatever else is down."""
    return {"status": "ok"}


@main.get("/readyz")
async def readyz() -> ResponseReturnValue:
    """Say whether pages can be served (else 503), or only mail is late (degraded); details to those who may know."""
    try:
        async with asyncio.timeout(PATIENCE):
            detailed = await may_see_details()
            details = {"database": "ok", "redis": await doorbell.state()} | await _jobs()
    except (SQLAlchemyError, OSError, TimeoutError):
        return {"status": "unavailable"}, 503
    well = details["workers"] and details["redis"] != "away" and details["oldest_mail"] < STUCK
    return {"status": "ok" if well else "degraded"} | (details if detailed else {})


async def may_see_details() -> bool:
    """Whether it is an administrator who asks, or somebody with the token of those who watch."""
    given = request.headers.get("Authorization", "").encode()
    if settings().readyz_token and compare_digest(given, f"Bearer {settings().readyz_token}".encode()):
        return True
    await recognise()
    return current_user().is_admin()


async def _jobs() -> dict[str, Any]:
    db = session()
    workers = await heartbeats.alive(db)
    counts = await oversight.counts(db, name=deliver.name)
    return {
        "workers": [{"place": worker.place, "running": worker.running, "seen": worker.seen_at} for worker in workers],
        "mails": {state.value: number for state, number in counts.items()},
        "oldest_mail": (await oversight.oldest_waiting(db, name=deliver.name)).total_seconds(),
    }

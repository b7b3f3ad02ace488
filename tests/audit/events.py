"""The audit trail, read for tests."""

from typing import Any

from quart import Quart
from sqlalchemy import select

from app.audit import AuditEvent
from app.database import transaction

Told = tuple[str, str, str, str]


async def all_events(app: Quart) -> list[AuditEvent]:
    async with app.app_context(), transaction() as db:
        return list(await db.scalars(select(AuditEvent).order_by(AuditEvent.id)))


async def told(app: Quart) -> list[Told]:
    """Who did what to whom, and whether it was done, oldest first."""
    return [(event.actor, event.action, event.target, event.outcome) for event in await all_events(app)]


async def last(app: Quart) -> Told:
    return (await told(app))[-1]


async def add_events(app: Quart, *events: dict[str, Any]) -> None:
    plain = {"action": "save page", "outcome": "ok", "actor": "", "target": "", "details": "", "ip": "", "agent": ""}
    async with app.app_context(), transaction() as db:
        db.add_all(AuditEvent(**plain | event) for event in events)

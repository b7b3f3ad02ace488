"""Looking back, a page at a time, the latest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Select, bindparam, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEvent
from app.database import PAGE


@dataclass(frozen=True)
class Query:
    """What is asked for; `who` is a part of an address or a name, the days are in UTC and both belong to it."""

    action: str = ""
    outcome: str = ""
    who: str = ""
    person: int | None = None
    since: date | None = None
    until: date | None = None
    before: int | None = None


async def find(db: AsyncSession, query: Query, *, limit: int = PAGE) -> Sequence[AuditEvent]:
    """One page; the next one lies before its last id."""
    return (await db.scalars(_matching(query).order_by(AuditEvent.id.desc()).limit(limit))).all()


# A part of a question: whether the user has done this before, and never with this device.
_DONE = exists().where(AuditEvent.actor_id == bindparam("user_id"), AuditEvent.action == bindparam("action"))
DEVICE_IS_NEW = _DONE & ~_DONE.where(AuditEvent.device == bindparam("device"))


def _matching(query: Query) -> Select[AuditEvent]:
    events = select(AuditEvent)
    if query.action:
        events = events.where(AuditEvent.action == query.action)
    if query.outcome:
        events = events.where(AuditEvent.outcome == query.outcome)
    if query.who:
        told = AuditEvent.actor, AuditEvent.target, AuditEvent.details
        events = events.where(or_(*(column.icontains(query.who, autoescape=True) for column in told)))
    if query.person is not None:
        events = events.where(or_(AuditEvent.actor_id == query.person, AuditEvent.person_id == query.person))
    if query.since is not None:
        events = events.where(AuditEvent.created_at >= _midnight(query.since))
    if query.until is not None:
        events = events.where(AuditEvent.created_at < _midnight(query.until) + timedelta(days=1))
    if query.before is not None:
        events = events.where(AuditEvent.id < query.before)
    return events


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)

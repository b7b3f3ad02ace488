"""The trail ends where AUDIT_RETENTION says; the database refuses to forget what is younger than a month."""

from sqlalchemy import delete, select

from app.audit.models import AuditEvent
from app.database import from_now, transaction
from app.jobs import cron
from app.settings import settings

BATCH = 1000  # rows a transaction, so that none holds others up


@cron("55 3 * * *", name="audit.purge")
async def purge() -> None:
    """Forget what happened longer ago than AUDIT_RETENTION."""
    old = select(AuditEvent.id).where(AuditEvent.created_at < from_now(-settings().audit_retention)).limit(BATCH)
    deleted = BATCH
    while deleted == BATCH:
        async with transaction() as db:
            gone = delete(AuditEvent).where(AuditEvent.id.in_(old)).returning(AuditEvent.id)
            deleted = len((await db.scalars(gone)).all())

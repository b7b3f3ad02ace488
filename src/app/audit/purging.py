"""The trail ends where AUDIT_RETENTION says; the database refuses to forget what is younger than a month."""

from app.audit.models import AuditEvent
from app.database import from_now
from app.jobs import cron
from app.jobs.purging import forget
from app.settings import settings


@cron("55 3 * * *", name="audit.purge")
async def purge() -> None:
    """Forget what happened longer ago than AUDIT_RETENTION."""
    await forget(AuditEvent, AuditEvent.created_at < from_now(-settings().audit_retention))

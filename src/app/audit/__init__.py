"""What has happened: who did what to whom, from where; recorded in the same commit, and never changed."""

from app.audit import purging  # noqa: F401 (declares a job)
from app.audit.actions import Action, Outcome
from app.audit.models import AuditEvent
from app.audit.recording import record

__all__ = ["Action", "AuditEvent", "Outcome", "record"]

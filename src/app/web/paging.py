"""Lists that show the latest first, a page at a time."""

from collections.abc import Sequence
from typing import Any

from quart import url_for

from app.audit import AuditEvent
from app.jobs.models import Job
from app.jobs.oversight import PAGE
from app.mail.models import Mail


def earlier(endpoint: str, rows: Sequence[Job] | Sequence[Mail] | Sequence[AuditEvent], **filters: Any) -> str | None:
    """The address of the next page, if there may be one."""
    return url_for(endpoint, **filters | {"before": rows[-1].id}) if len(rows) == PAGE else None

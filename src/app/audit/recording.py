"""Adding to the trail."""

from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.actions import Action, Outcome
from app.audit.models import AuditEvent
from app.audit.origin import origin
from app.database import after_commit

log = structlog.get_logger()


class Person(Protocol):
    """Whom the trail knows by these two; what else there is to a user is not its business."""

    @property
    def id(self) -> int: ...

    @property
    def email(self) -> str: ...


def record(
    db: AsyncSession,
    action: Action,
    *,
    person: Person | None = None,
    target: str = "",
    details: str = "",
    outcome: Outcome = Outcome.OK,
    by: Person | None = None,
    device: str | None = None,
) -> AuditEvent:
    """Record what is done in this transaction, to a `person` or to another `target`; the log is told once it is done.

    The actor is whoever made the request or ran the command; `by` names them where the request itself shows it, as a
    log-in does.
    """
    here = origin()
    event = AuditEvent(
        action=action,
        outcome=outcome,
        actor_id=by.id if by else here.actor_id,
        actor=by.email if by else here.actor,
        person_id=person.id if person else None,
        target=person.email if person else target[:254],
        details=details[:600],
        ip=here.ip,
        agent=here.agent[:255],
        device=device,
    )
    db.add(event)  # goes to the database with what comes next, at the latest with the commit

    async def tell() -> None:
        told = {"actor_id": event.actor_id, "person_id": event.person_id, "ip": event.ip}
        log.info("audit", audit_id=event.id, action=action.value, outcome=outcome.value, **told)

    after_commit(db, tell)
    return event

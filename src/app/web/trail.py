"""What the audit trail is told of a request: who acts, from where, and what they were refused."""

from quart import Quart, request

from app.accounts.models import User
from app.audit import Action, Outcome, record
from app.audit.origin import Origin, origin
from app.database import transaction
from app.web.auth import current_user


def init_app(app: Quart) -> None:
    app.before_request(_tell)


async def refused(action: Action, person: User | None, *, details: str = "") -> None:
    """Record that it was refused, in a transaction of its own: the one that refused it is undone."""
    async with transaction() as db:
        record(db, action, person=person, details=details, outcome=Outcome.REFUSED)


async def _tell() -> None:
    origin.set(_origin)


def _origin() -> Origin:
    user = current_user()
    actor_id, actor = (user.id, user.email) if isinstance(user, User) else (None, "")
    return Origin(actor_id, actor, ip=request.remote_addr or "", agent=request.user_agent.string)

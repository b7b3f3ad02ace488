"""What the audit trail is told of a request: who acts, from where, and what they were refused."""

from functools import partial

from quart import Quart, Request

from app.accounts.models import User
from app.audit import Action, Outcome, record
from app.audit.origin import Origin, known_by
from app.database import transaction
from app.web.auth import current_user
from app.web.incoming import this_request


def init_app(app: Quart) -> None:
    app.before_request(_tell)


async def refused(action: Action, person: User | None, *, details: str = "") -> None:
    """Record that it was refused, in a transaction of its own: the one that refused it is undone."""
    async with transaction() as db:
        record(db, action, person=person, details=details, outcome=Outcome.REFUSED)


async def _tell() -> None:
    user, asked = current_user(), this_request()  # a task of it may outlive it
    actor_id, actor = (user.id, user.email) if isinstance(user, User) else (None, "")
    known_by.set(partial(_origin, asked, actor_id, actor))


def _origin(asked: Request, actor_id: int | None, actor: str) -> Origin:
    return Origin(actor_id, actor, ip=asked.remote_addr or "", agent=asked.user_agent.string)

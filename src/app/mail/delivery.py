"""From the outbox to whoever carries mail on."""

from collections.abc import Awaitable, Callable

import structlog
from quart import Quart
from sqlalchemy.exc import NoResultFound, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import session, transaction
from app.mail import outbox, transports
from app.mail.errors import Undeliverable
from app.mail.models import Mail
from app.mail.rendering import render

log = structlog.get_logger()

Settle = Callable[[AsyncSession], Awaitable[None]]


async def claim(app: Quart) -> Mail | None:
    """Take the next mail that is due, in a transaction of its own, so that no lock is held while it is sent."""
    async with app.app_context(), transaction() as db:
        return await outbox.claim(db)


async def deliver(app: Quart, mail: Mail) -> None:
    """Try once, and write down what came of it; never raises."""
    settle = await _try(app, mail)
    try:
        async with app.app_context(), transaction() as db:
            await settle(db)
    except (SQLAlchemyError, OSError) as error:
        log.error("mail.unsettled", mail_id=mail.id, reason=repr(error))  # tried again when its lease ends


async def _try(app: Quart, mail: Mail) -> Settle:
    try:
        async with app.app_context():
            message = await render(session(), mail)
        await transports.send(message, to=mail.to)
    except (Undeliverable, NoResultFound, KeyError) as error:
        reason = str(error)
        log.error("mail.dead", mail_id=mail.id, kind=mail.kind, reason=reason)
        return lambda db: outbox.bury(db, mail, reason)
    except Exception as error:
        # Whatever it was, the mail stays promised: it is tried again, and the reason stands in the outbox.
        reason = repr(error)
        log.warning("mail.postponed", mail_id=mail.id, kind=mail.kind, attempt=mail.attempt, reason=reason)
        return lambda db: outbox.postpone(db, mail, reason)
    log.info("mail.sent", mail_id=mail.id, kind=mail.kind, attempt=mail.attempt)
    return lambda db: outbox.mark_sent(db, mail)

"""There is always somebody who can administer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.errors import LastAdministrator
from app.accounts.models import Permission, Role, User


@asynccontextmanager
async def kept(db: AsyncSession) -> AsyncIterator[None]:
    """Raise LastAdministrator if what is done inside leaves nobody who can administer.

    Nobody else may change who administers until the transaction ends: two could remove each other at once.
    """
    before = (await db.scalars(_able().with_for_update(of=User))).all()
    yield
    await db.flush()
    if before and (await db.scalars(_able().limit(1))).first() is None:
        raise LastAdministrator


def _able() -> Select[int]:
    administers = Role.permissions.bitwise_and(Permission.ADMINISTER) == Permission.ADMINISTER
    can_log_in = User.deactivated_at.is_(None), User.password_hash.is_not(None)
    return select(User.id).join(User.role).where(administers, *can_log_in).order_by(User.id)

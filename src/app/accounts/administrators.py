"""There is always somebody who can administer."""

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.errors import LastAdministrator
from app.accounts.models import Permission, Role, User


async def lock(db: AsyncSession) -> None:
    """Let nobody else change who administers until this transaction ends: two could remove each other at once."""
    await db.execute(_able().with_for_update(of=User))


async def keep_one(db: AsyncSession) -> None:
    """Raise LastAdministrator if what was just done leaves nobody who can administer."""
    await db.flush()
    if (await db.execute(_able().limit(1))).first() is None:
        raise LastAdministrator


def _able() -> Select[int]:
    administers = Role.permissions.bitwise_and(Permission.ADMINISTER) == Permission.ADMINISTER
    can_log_in = User.deactivated_at.is_(None), User.password_hash.is_not(None)
    return select(User.id).join(User.role).where(administers, *can_log_in).order_by(User.id)

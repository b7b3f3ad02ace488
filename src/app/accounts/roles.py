"""The roles that every installation has."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.models import Permission, Role

ROLES = {
    "User": {"permissions": Permission.GENERAL, "index": "main", "default": True},
    "Administrator": {"permissions": Permission.ADMINISTER, "index": "admin", "default": False},
}


async def insert_roles(db: AsyncSession) -> None:
    """Add the roles or bring them up to date, by name; safe to repeat."""
    stored = {role.name: role for role in await db.scalars(select(Role).with_for_update())}
    for name, details in ROLES.items():
        role = stored.get(name) or Role(name=name)
        for column, value in details.items():
            setattr(role, column, value)
        db.add(role)
        await db.flush()  # one by one, so that on a fresh database User is 1 and Administrator 2


async def default_role(db: AsyncSession) -> Role:
    return (await db.scalars(select(Role).where(Role.default))).one()


async def administrator_role(db: AsyncSession) -> Role:
    return (await db.scalars(select(Role).where(Role.name == "Administrator"))).one()

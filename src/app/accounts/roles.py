"""The roles that every installation has."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts.errors import UnknownRole
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


async def named(db: AsyncSession, name: str) -> Role:
    """The role with this name, or UnknownRole."""
    stored = {role.name: role for role in await db.scalars(select(Role).order_by(Role.id))}
    if name not in stored:
        raise UnknownRole(f"There is no role {name}, only {', '.join(stored) or 'none at all'}.")
    return stored[name]


async def without_administration(db: AsyncSession) -> list[Role]:
    """The roles whose members are no administrators."""
    return [role for role in await db.scalars(select(Role)) if not role.has(Permission.ADMINISTER)]

"""The roles that every installation has, and those that administrators make."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import administrators
from app.accounts.errors import BuiltInRole, RoleInUse, RoleTaken, UnknownRole
from app.accounts.models import BUILT_IN, Permission, Role, User
from app.audit import Action, record


async def insert_roles(db: AsyncSession) -> None:
    """Add the roles or bring them up to date, by name; safe to repeat."""
    stored = {role.name: role for role in await db.scalars(select(Role).with_for_update())}
    for name, details in BUILT_IN.items():
        role = stored.get(name) or Role(name=name)
        for column, value in details.items():
            setattr(role, column, value)
        db.add(role)
        await db.flush()  # one by one, so that on a fresh database User is 1 and Administrator 2


async def default_role(db: AsyncSession) -> Role:
    return (await db.scalars(select(Role).where(Role.default))).one()


async def administrator_role(db: AsyncSession) -> Role:
    return (await db.scalars(select(Role).where(Role.name == "Administrator"))).one()


async def all_roles(db: AsyncSession) -> Sequence[Role]:
    """Every role, those with the fewest permissions first."""
    return (await db.scalars(select(Role).order_by(Role.permissions, Role.name))).all()


async def with_members(db: AsyncSession) -> Sequence[tuple[Role, int]]:
    """Every role, and how many users have it."""
    counted = select(Role, func.count(User.id)).outerjoin(User).group_by(Role.id).order_by(Role.permissions, Role.name)
    return [(role, members) for role, members in await db.execute(counted)]


async def named(db: AsyncSession, name: str) -> Role:
    """The role with this name, or UnknownRole."""
    stored = {role.name: role for role in await db.scalars(select(Role).order_by(Role.id))}
    if name not in stored:
        raise UnknownRole(f"There is no role {name}, only {', '.join(stored) or 'none at all'}.")
    return stored[name]


async def without_administration(db: AsyncSession) -> list[Role]:
    """The roles whose members are no administrators."""
    return [role for role in await db.scalars(select(Role)) if not role.has(Permission.ADMINISTER)]


async def make(db: AsyncSession, *, name: str, permissions: int, index: str) -> Role:
    """Add a role, or raise RoleTaken."""
    role = Role(name=name, permissions=permissions, index=index, default=False)
    try:
        async with db.begin_nested():
            db.add(role)
    except IntegrityError:
        raise RoleTaken from None
    record(db, Action.MAKE_ROLE, target=name, details=_described(name, permissions))
    return role


async def change(db: AsyncSession, role: Role, *, name: str, permissions: int, index: str) -> None:
    """Change a role, for its members' next request on; raises BuiltInRole, RoleTaken or LastAdministrator."""
    _refuse_built_in(role)
    former_name, former = role.name, _described(role.name, role.permissions)
    changed = update(Role).where(Role.id == role.id).values(name=name, permissions=permissions, index=index)
    async with administrators.kept(db):
        try:
            async with db.begin_nested():
                await db.execute(changed)  # not by the attributes: a refusal would expire the role, shown after it
        except IntegrityError:
            raise RoleTaken from None
    record(db, Action.CHANGE_ROLE, target=former_name, details=f"{former} → {_described(name, permissions)}")


async def delete(db: AsyncSession, role: Role) -> None:
    """Remove a role, or raise BuiltInRole or RoleInUse."""
    _refuse_built_in(role)
    try:
        async with db.begin_nested():
            await db.delete(role)
    except IntegrityError:
        raise RoleInUse from None
    record(db, Action.DELETE_ROLE, target=role.name)


def _described(name: str, permissions: int) -> str:
    return f"{name} ({permissions:#04x})"


def _refuse_built_in(role: Role) -> None:
    if role.is_built_in:
        raise BuiltInRole

"""The list of users, a page at a time, however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, contains_eager

from app.accounts.models import Role, User
from app.database import PAGE

SORTS: dict[str, InstrumentedAttribute[Any]] = {
    "last_name": User.last_name,
    "first_name": User.first_name,
    "email": User.email,
}
STATUSES: dict[str, tuple[ColumnElement[bool], ...]] = {
    "confirmed": (User.confirmed.is_(True), User.password_hash.is_not(None), User.deactivated_at.is_(None)),
    "unconfirmed": (User.confirmed.is_(False), User.password_hash.is_not(None), User.deactivated_at.is_(None)),
    "invited": (User.password_hash.is_(None), User.deactivated_at.is_(None)),
    "deactivated": (User.deactivated_at.is_not(None),),
}


@dataclass(frozen=True)
class Query:
    """What is asked for: words to find, filters, an order (`-` in front for descending), and where the page begins."""

    q: str = ""
    role: int | None = None
    status: str = ""
    sort: str = "last_name"
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True)
class UserPage:
    """The users of one page with their roles, and the ids between which it lies, if there is more on that side."""

    users: Sequence[User]
    before: int | None
    after: int | None


async def find(db: AsyncSession, query: Query) -> UserPage:
    """One page, by the place of its neighbour (keyset): a deep page costs what the first one does."""
    column, backwards = query.sort.removeprefix("-"), query.before is not None
    beside = query.before if backwards else query.after
    neighbour = None if beside is None else await db.get(User, beside)
    looking = _by_role if column == "role" else partial(_by, SORTS.get(column, User.last_name))
    found = await looking(db, _matching(query), neighbour, descending=query.sort.startswith("-") != backwards)
    more, users = len(found) > PAGE, found[:PAGE]
    if backwards:
        users.reverse()
    has_before = more if backwards else neighbour is not None
    has_after = neighbour is not None if backwards else more
    return UserPage(
        users,
        before=users[0].id if users and has_before else None,
        after=users[-1].id if users and has_after else None,
    )


async def everybody(db: AsyncSession, query: Query) -> Sequence[User]:
    """All that match, by name, with their roles; what the query says of order and pages does not count."""
    rows = _matching(query).order_by(User.last_name, User.first_name, User.email)
    return (await db.scalars(rows)).all()


def _matching(query: Query) -> Select[User]:
    rows = select(User).join(User.role).options(contains_eager(User.role))
    for word in query.q.split():
        named = (column.icontains(word, autoescape=True) for column in (User.first_name, User.last_name, User.email))
        rows = rows.where(or_(*named))
    if query.role is not None:
        rows = rows.where(User.role_id == query.role)
    return rows.where(*STATUSES.get(query.status, ()))


async def _by(
    column: InstrumentedAttribute[Any],
    db: AsyncSession,
    rows: Select[User],
    neighbour: User | None,
    *,
    descending: bool,
) -> list[User]:
    if neighbour is not None:
        here, there = tuple_(column, User.id), tuple_(getattr(neighbour, column.key), neighbour.id)
        rows = rows.where(here < there if descending else here > there)
    order = (column.desc(), User.id.desc()) if descending else (column, User.id)
    return list((await db.scalars(rows.order_by(*order).limit(PAGE + 1))).all())


async def _by_role(db: AsyncSession, rows: Select[User], neighbour: User | None, *, descending: bool) -> list[User]:
    """One role after the other: to sort by a name in another table would be to look at everybody."""
    found: list[User] = []
    for role in (await db.scalars(select(Role).order_by(Role.name.desc() if descending else Role.name))).all():
        if neighbour is None or neighbour.role_id == role.id:
            found += await _by(User.id, db, rows.where(User.role_id == role.id), neighbour, descending=descending)
            neighbour = None
        if len(found) > PAGE:
            break
    return found[: PAGE + 1]

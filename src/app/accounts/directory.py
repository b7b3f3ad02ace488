"""The list of users, a page at a time, however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, contains_eager

from app.accounts.models import Role, User
from app.database import PAGE

SORTS: dict[str, InstrumentedAttribute[str]] = {
    "last_name": User.last_name,
    "first_name": User.first_name,
    "email": User.email,
    "role": Role.name,
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
    column = SORTS.get(query.sort.removeprefix("-"), User.last_name)
    descending, backwards = query.sort.startswith("-"), query.before is not None
    rows = _matching(query)
    neighbour = await _place(db, column, query.before if backwards else query.after)
    if neighbour is not None:
        place = tuple_(column, User.id)
        rows = rows.where(place < neighbour if descending != backwards else place > neighbour)
    order = (column.desc(), User.id.desc()) if descending != backwards else (column, User.id)
    found = list((await db.scalars(rows.order_by(*order).limit(PAGE + 1))).all())
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


async def _place(
    db: AsyncSession, column: InstrumentedAttribute[str], user_id: int | None
) -> ColumnElement[tuple[str, int]] | None:
    if user_id is None:
        return None
    row = (await db.execute(select(column, User.id).join(User.role).where(User.id == user_id))).one_or_none()
    return None if row is None else tuple_(*row)

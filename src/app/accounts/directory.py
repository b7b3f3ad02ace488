"""The list of users, a page at a time, however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, UnaryExpression, literal, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, contains_eager

from app.accounts import trigrams
from app.accounts.models import Role, User, statuses
from app.database import PAGE

SORTS = ("last_name", "first_name", "email")  # and by role
STRETCH = 500  # users to look at along an order, before those who are asked for are looked up


@dataclass(frozen=True)
class Query:
    """What is asked for: words to find, filters, an order (`-` in front for descending), and where the page begins."""

    q: str = ""
    role: int | None = None
    status: str = ""
    sort: str = "last_name"
    after: int | None = None
    before: int | None = None

    @property
    def words(self) -> list[str]:
        """What is looked for: one or two letters only where a word begins, since somewhere everybody has them."""
        return [word if len(word) >= trigrams.LETTERS else f" {word}" for word in self.q.split()]


@dataclass(frozen=True)
class UserPage:
    """The users of one page with their roles, and the ids between which it lies, if there is more on that side."""

    users: Sequence[User]
    before: int | None
    after: int | None


async def find(db: AsyncSession, query: Query, roles: Sequence[Role]) -> UserPage:
    """One page, by the place of its neighbour (keyset): a deep page costs what the first one does."""
    column, backwards = query.sort.removeprefix("-"), query.before is not None
    beside = query.before if backwards else query.after
    neighbour = None if beside is None else await db.get(User, beside)
    descending = query.sort.startswith("-") != backwards
    hits = await trigrams.look_up(db, query.words)
    if column == "role":
        found = await _by_role(db, query, hits, roles, neighbour, descending=descending)
    else:
        order = _Order(column if column in SORTS else "last_name", descending, neighbour)
        found = await _by(db, query, hits, order, select(User))
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
    rows = _with_roles(User).where(*_words(db, query, User), *_filters(query, User))
    return (await db.scalars(rows.order_by(User.last_name, User.first_name, User.email))).all()


@dataclass(frozen=True)
class _Order:
    """By a column, and by id among those who have the same in it, beyond a neighbour."""

    column: str
    descending: bool
    neighbour: User | None

    def of(self, user: type[User]) -> list[UnaryExpression[Any]]:
        return [column.desc() if self.descending else column.asc() for column in self._columns(user)]

    def ahead(self) -> ColumnElement[bool]:
        if self.neighbour is None:
            return true()
        here, there = tuple_(*self._columns(User)), tuple_(*self._columns(self.neighbour))
        return here < there if self.descending else here > there

    def _columns(self, user: Any) -> list[Any]:
        return [getattr(user, name) for name in dict.fromkeys((self.column, "id"))]


async def _by_role(
    db: AsyncSession,
    query: Query,
    hits: trigrams.Hits | None,
    roles: Sequence[Role],
    neighbour: User | None,
    *,
    descending: bool,
) -> list[User]:
    """One role after the other: to sort by a name in another table would be to look at everybody."""
    found: list[User] = []
    for role in sorted(roles, key=lambda role: role.name, reverse=descending):
        if neighbour is None or neighbour.role_id == role.id:
            order = _Order("id", descending, neighbour)
            found += await _by(db, query, hits, order, select(User).where(User.role_id == role.id))
            neighbour = None
        if len(found) > PAGE:
            break
    return found[: PAGE + 1]


async def _by(
    db: AsyncSession, query: Query, hits: trigrams.Hits | None, order: _Order, rows: Select[User]
) -> list[User]:
    """Go along the order for a stretch; who is too rare there to fill a page is looked up, and then sorted.

    The database would choose between both by how many match, but cannot know where they stand: by last names, who is
    called Young is at the end.
    """
    rows, narrowed = rows.where(order.ahead()), bool(query.words or _filters(query, User))
    if hits is None or not hits.are_few:
        ahead = aliased(User, rows.order_by(*order.of(User)).limit(STRETCH if narrowed else PAGE + 1).subquery())
        found = await _page(db, order, ahead, *_words(db, query, ahead), *_filters(query, ahead))
        if len(found) > PAGE or not narrowed:
            return found
    rows = rows.where(*_filters(query, User))
    if hits is not None and await hits.are_fewer(db, rows.with_only_columns(User.id)):
        rows = rows.where(User.id.in_(hits.ids))
    looked_up = rows.where(*_words(db, query, User)).cte().prefix_with("MATERIALIZED")
    return await _page(db, order, aliased(User, looked_up))


async def _page(db: AsyncSession, order: _Order, user: type[User], *conditions: ColumnElement[bool]) -> list[User]:
    rows = _with_roles(user).where(*conditions).order_by(*order.of(user)).limit(PAGE + 1)
    return list((await db.scalars(rows)).all())


def _with_roles(user: type[User]) -> Select[User]:
    return select(user).join(user.role).options(contains_eager(user.role))


def _words(db: AsyncSession, query: Query, user: type[User]) -> list[ColumnElement[bool]]:
    space = literal(" ", literal_execute=True)  # PostgreSQL uses its index for what it is asked in the very same words
    text = space + user.first_name + space + user.last_name + space + user.email
    if db.get_bind().dialect.name == "sqlite":
        return [trigrams.contains(text, word) for word in query.words]
    return [text.icontains(word, autoescape=True) for word in query.words]


def _filters(query: Query, user: type[User]) -> list[ColumnElement[bool]]:
    status = statuses(user).get(query.status)
    filters = [] if status is None else [status]
    return filters if query.role is None else [*filters, user.role_id == query.role]

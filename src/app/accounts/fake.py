"""Invented people; only development has the library that names them."""

import random
from collections.abc import Callable
from typing import Any

from faker import Faker
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import roles
from app.accounts.models import Role, User

INSERT: dict[str, Callable[..., Any]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


async def add(db: AsyncSession, count: int = 100, **columns: Any) -> int:
    """Add confirmed users, all with these columns, and say how many: an address that is taken is skipped."""
    faker, possible = Faker(), await roles.without_administration(db)
    people = [_person(faker, random.choice(possible)) | columns for _ in range(count)]  # noqa: S311 (no secret)
    insert = INSERT[db.get_bind().dialect.name](User).on_conflict_do_nothing(index_elements=[User.email])
    return len((await db.scalars(insert.returning(User.id), people)).all())


def _person(faker: Faker, role: Role) -> dict[str, Any]:
    first_name, last_name = faker.first_name(), faker.last_name()
    return {
        "first_name": first_name,
        "last_name": last_name,
        "email": f"{first_name}.{last_name}.{faker.random_number(6)}@example.com".lower(),  # nobody's (RFC 2606)
        "password_hash": None,
        "role_id": role.id,
        "confirmed": True,
    }

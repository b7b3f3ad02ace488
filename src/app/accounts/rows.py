"""What a question put to tables finds: if it named a model, it would go through the ORM, which takes twice as long."""

from collections.abc import Iterator
from typing import Any

from app.accounts.models import Role, User, UserSession
from app.database import loaded

SESSIONS, USERS, ROLES = (model.__table__.columns for model in (UserSession, User, Role))


def user_in(values: Iterator[Any]) -> User:
    """The user with their role, of the next values, which are those of USERS and ROLES."""
    user = loaded(User, values)
    vars(user)["role"] = loaded(Role, values)
    return user


def session_in(values: Iterator[Any]) -> UserSession:
    """The session with its user and their role, of the next values, which are those of SESSIONS, USERS and ROLES."""
    session = loaded(UserSession, values)
    vars(session)["user"] = user_in(values)
    return session

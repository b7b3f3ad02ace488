"""The application a release later, when users have nicknames: `QUART_APP=tests.grown`."""

from quart import Quart
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

import app
from app.accounts.models import User


def create_app() -> Quart:
    nickname: Mapped[str | None] = mapped_column(String(64), insert_default="newcomer")
    User.nickname = nickname
    return app.create_app()

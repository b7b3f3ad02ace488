"""The application in this process: accepts what its worker is then measured by."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from time import perf_counter
from typing import Self

from quart import Quart

from app.accounts import registration
from app.cli.commands import close
from app.database import after_commit, session, transaction
from app.jobs import enqueue, oversight
from app.jobs.models import State
from bench.jobs import create_app, nothing
from bench.services import Services

DOMAINS = 10  # at which people have their addresses: mails to each of them have a lane of their own


class Ours:
    """Accepts mails and jobs as a web process does, in transactions."""

    def __init__(self, app: Quart) -> None:
        self._app = app
        self._numbers = count()

    @classmethod
    @asynccontextmanager
    async def on(cls, services: Services) -> AsyncIterator[Self]:
        """The application that uses these services."""
        os.environ.update(services.environment(LOG_LEVEL="error", DATABASE_POOL_SIZE="8"))
        app = create_app()
        try:
            yield cls(app)
        finally:
            await close(app)

    async def accept_mail(self) -> float:
        """Let somebody sign up, and say when that was committed."""
        number, committed = next(self._numbers), 0.0

        async def note_time() -> None:
            nonlocal committed
            committed = perf_counter()

        async with self._app.app_context(), transaction() as db:
            after_commit(db, note_time)  # before the doorbell, whose time counts
            email = f"ada.{number}@{number % DOMAINS}.example.com"
            await registration.register(db, email=email, first_name="Ada", last_name="Lovelace", password_hash="")
        return committed

    async def accept_nothing(self) -> float:
        """Promise a job that does nothing."""
        async with self._app.app_context(), transaction() as db:
            await enqueue(db, nothing)
        return perf_counter()

    async def count_waiting(self) -> int:
        """How many jobs, and so mails, the database does not know to be done."""
        async with self._app.app_context():
            counted = await oversight.counts(session())
        return counted[State.PENDING] + counted[State.RUNNING]

"""Python with the application at hand, in which `await` works."""

import ast
import asyncio
import inspect
import sys
from code import InteractiveConsole
from contextlib import suppress
from types import CodeType, FunctionType
from typing import Any

from quart import Quart, g
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.accounts import links, passwords, registration, roles, sessions, users
from app.accounts.models import Role, User
from app.cli.commands import close
from app.database import transaction
from app.engine import writing
from app.jobs import enqueue
from app.mail import outbox

BANNER = """\
Python {version}, where await works:
    await db.scalar(select(User.email))
    async with transaction() as db: ...
At hand: {names}.
What a line reads or executes is over with it; what is added waits for `await db.commit()`. Ctrl-D ends the shell."""


def converse(app: Quart) -> None:
    """Run what is typed until Ctrl-D, or what is piped, inside an app context."""
    with asyncio.Runner() as runner:  # each run has the same context, so that the app context stays
        context = app.app_context()
        runner.run(context.push())
        try:
            names = runner.run(_at_hand(app))
            if sys.stdin.isatty():
                _listen(runner, names)
            else:
                script = compile(sys.stdin.read(), "<stdin>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
                runner.run(execute(script, names))
        finally:
            runner.run(context.pop())
            runner.run(close(app))


class Console(InteractiveConsole):
    """Runs each statement in the event loop."""

    def __init__(self, runner: asyncio.Runner, names: dict[str, Any]) -> None:
        super().__init__(names)
        self.compile.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self._runner, self._names = runner, names
        self._db: AsyncSession = names["db"]

    def runcode(self, code: CodeType) -> None:
        self._runner.run(self._run(code))

    async def _run(self, code: CodeType) -> None:
        try:
            await execute(code, self._names)
            if not (self._db.new or self._db.dirty or self._db.deleted):
                await self._db.commit()  # else it would hold its locks while somebody thinks about the next line
        except SQLAlchemyError:
            self.showtraceback()
            await self._db.close()
        except Exception:
            self.showtraceback()


async def execute(code: CodeType, names: dict[str, Any]) -> None:
    """Run code that may await."""
    outcome = FunctionType(code, names)()
    if inspect.iscoroutine(outcome):
        await outcome


async def _at_hand(app: Quart) -> dict[str, Any]:
    engine: AsyncEngine = app.extensions["engine"]
    # Whoever types here commits when they like to.
    g.db = AsyncSession(engine.execution_options(**writing(engine.dialect)), expire_on_commit=False)
    return {
        "app": app,
        "db": g.db,
        "transaction": transaction,
        "select": select,
        "User": User,
        "Role": Role,
        "enqueue": enqueue,
        "links": links,
        "outbox": outbox,
        "passwords": passwords,
        "registration": registration,
        "roles": roles,
        "sessions": sessions,
        "users": users,
    }


def _listen(runner: asyncio.Runner, names: dict[str, Any]) -> None:
    with suppress(ImportError):  # not every Python has readline
        import readline
        from rlcompleter import Completer

        readline.set_completer(Completer(names).complete)
        readline.parse_and_bind("tab: complete")
    Console(runner, names).interact(BANNER.format(version=sys.version.split()[0], names=", ".join(names)), exitmsg="")

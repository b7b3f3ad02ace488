"""The jobs that exist: each package declares its own, beside the code that enqueues them."""

import inspect
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cronsim import CronSim

from app.jobs.models import Job
from app.masking import MASK

Function = Callable[..., Awaitable[None]]

OPTIONS = {"db", "declared", "at", "unique", "replacing", "lane", "expires_at"}  # enqueue's own names


@dataclass(frozen=True)
class Declared:
    """A function that a worker calls; called directly, it runs at once and is not remembered."""

    function: Function
    name: str
    tries: int | None = None
    timeout: timedelta = timedelta(minutes=5)
    secret: Collection[str] = ()
    timetable: str = ""

    async def __call__(self, **arguments: Any) -> None:
        await self.function(**arguments)

    @property
    def summary(self) -> str:
        """The first line of the docstring, for people who administer."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    def check(self, arguments: dict[str, Any]) -> None:
        """Raise TypeError at once for arguments that the function would refuse later."""
        inspect.signature(self.function).bind(**arguments)

    def next_start(self, after: datetime) -> datetime:
        """When the timetable starts it next, in UTC."""
        return next(CronSim(self.timetable, after))

    @property
    def timing(self) -> str:
        """The timetable in words."""
        return CronSim(self.timetable, datetime.now(UTC)).explain()


DECLARED: dict[str, Declared] = {}


def job(
    *, name: str = "", tries: int | None = None, timeout: timedelta = Declared.timeout, secret: Collection[str] = ()
) -> Callable[[Function], Declared]:
    """Declare a job: an async function with arguments by name that JSON can hold.

    It may run more than once (a worker can die just before it says that it is done), so doing it twice must do no
    harm. Any exception makes it run again later: until JOBS_RETRY_FOR has passed, or `tries` of its own have failed.
    `secret` names arguments whose values nobody is shown.
    """
    return lambda function: _add(Declared(function, name or function.__name__, tries, timeout, secret))


def cron(expression: str, *, name: str = "", timeout: timedelta = Declared.timeout) -> Callable[[Function], Declared]:
    """Declare a job without arguments that starts by the clock, once however many workers there are.

    The expression is as in crontab(5), in UTC: minute, hour, day of the month, month, day of the week.
    """
    CronSim(expression, datetime.now(UTC))  # raises CronSimError when it makes no sense
    return lambda function: _add(Declared(function, name or function.__name__, timeout=timeout, timetable=expression))


def shown(job: Job) -> dict[str, Any]:
    """The arguments of a job as an administrator may see them; of one that nobody knows, none."""
    declared = DECLARED.get(job.name)
    return {
        name: MASK if declared is None or name in declared.secret else value for name, value in job.arguments.items()
    }


def _add(declared: Declared) -> Declared:
    if declared.name in DECLARED:
        raise ValueError(f"There are two jobs of the name {declared.name}; give one another: @job(name=…)")
    if clash := OPTIONS & inspect.signature(declared.function).parameters.keys():
        raise ValueError(f"{', '.join(sorted(clash))} of {declared.name} would be taken for an option of enqueue()")
    DECLARED[declared.name] = declared
    return declared

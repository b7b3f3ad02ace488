"""Users: that their list takes as long among many as among few, whatever is asked of it."""

import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from statistics import median

from bench.client import Request, ask
from bench.comparing import Comparison, Effort, Quantity, interleave
from bench.services import Services
from bench.web import log_in, serving

DATABASES = ("PostgreSQL", "SQLite")
QUERIES = {
    "the first page": "",
    "a deep page": "after={middle}",
    "by first name, descending, a deep page": "sort=-first_name&after={middle}",
    "by address": "sort=email",
    "by role": "sort=role",
    "searched for what all have": "q=example",
    "searched for what one has": "q={middle}@",
    "searched for what nobody has": "q=nobody",
    "searched for what one in a thousand has": "q=lee500",
    "searched for a letter that nobody begins with": "q=z",
    "a status that all have": "status=invited",
    "a status that nobody has": "status=deactivated",
    "both, and what all have": "status=deactivated&q=example",
    "a role that one has": "role=2",
}


async def measure(services: Services, effort: Effort, *, users: tuple[int, ...]) -> list[Comparison]:
    """Ask for pages of it one by one, of lists that differ in nothing but their length."""
    quantities = {
        query: Quantity(f"The list of users: {title}", "ms", beside=tuple(_name(on, users[0]) for on in DATABASES))
        for title, query in QUERIES.items()
    }
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="quart-base-")))
        measures = {}
        for number in users:
            peopled = await services.with_users(number)
            on_sqlite = await services.with_users_on_sqlite(number, directory / f"{number}.sqlite")
            for database, chosen in zip(DATABASES, (peopled, on_sqlite), strict=True):
                url, _ = await stack.enter_async_context(serving(chosen))
                requests = {
                    query: Request.get(f"{url}/admin/users?{query.format(middle=number // 2)}", cookies=cookies)
                    for cookies in [await log_in(url)]
                    for query in quantities
                }
                measures[_name(database, number)] = partial(_measure, requests, effort)
                await _measure(requests, effort)  # templates, plans and caches
        return await interleave(quantities, measures, rounds=effort.rounds)


def _name(database: str, number: int) -> str:
    return f"{database}, {number:,} users"


async def _measure(requests: Mapping[str, Request], effort: Effort) -> Mapping[str, float]:
    answers = {
        query: await ask(request, connections=1, seconds=effort.seconds / 2) for query, request in requests.items()
    }
    return {query: 1000 * median(each.latencies) for query, each in answers.items()}

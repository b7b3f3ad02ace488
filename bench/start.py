"""Start: how soon something answers, and what memory it takes then and later."""

import sys
from collections.abc import Mapping
from functools import partial
from time import perf_counter

from psutil import Process

from bench.client import Request, ask
from bench.comparing import OURS, Comparison, Effort, Quantity, interleave
from bench.services import Services, process
from bench.web import log_in, serving
from tests.servers import quart

IMPORT = "Python, importing Quart"

TIMES = {"time": Quantity("Start", "s", beside=(IMPORT,))}
MEMORY = Quantity("Memory of a web process", "MB")


async def measure(services: Services, effort: Effort) -> list[Comparison]:
    """Start what people wait for, then let one web process work until its memory has settled."""
    services = await services.with_users(0)
    measures = {
        IMPORT: partial(_end, services, sys.executable, "-c", "import quart"),
        f"{OURS}, quart --help": partial(_end, services, *quart("--help")),
        f"{OURS}, quart web to its first answer": partial(_first_answer, services),
    }
    return [
        *await interleave(TIMES, measures, rounds=effort.rounds),
        Comparison(MEMORY, await _memory(services, round(10_000 * min(2 * effort.seconds, 1)))),
    ]


async def _end(services: Services, *command: str) -> Mapping[str, float]:
    started = perf_counter()
    async with process(*command, environment=services.environment()) as running:
        await running.wait()
        return {"time": perf_counter() - started}


async def _first_answer(services: Services) -> Mapping[str, float]:
    started = perf_counter()
    async with serving(services):
        return {"time": perf_counter() - started}


async def _memory(services: Services, requests: int) -> dict[str, list[float]]:
    async with serving(services) as (url, running):
        pages = [
            Request.get(url),
            Request.get(f"{url}/account/login"),
            Request.get(f"{url}/account/manage", cookies=await log_in(url)),
        ]
        memory, answered = {f"{OURS}, after the first answer": [_megabytes(running.pid)]}, 0
        for goal in (requests // 2, requests):
            while answered < goal:
                for page in pages:
                    answered += len((await ask(page, connections=16, seconds=0.2)).latencies)
            memory[f"{OURS}, after {goal:,} requests"] = [_megabytes(running.pid)]
        return memory


def _megabytes(pid: int) -> float:
    return float(Process(pid).memory_info().rss) / 1e6

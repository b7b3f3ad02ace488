"""A storm of logins: how many get through, and whether other visitors notice."""

import asyncio
from collections.abc import Mapping
from functools import partial
from time import perf_counter

from argon2 import PasswordHasher

from app.settings import Settings, read
from bench.client import Answers, Request, ask
from bench.comparing import OURS, Comparison, Effort, Quantity, interleave, percentile
from bench.services import ADMIN_PASSWORD, Services
from bench.web import login_form, serving

BROWSERS = 16
PAUSE = 0.005  # seconds between two looks at the landing page
QUIET, STORM = f"{OURS}, quiet", f"{OURS}, {BROWSERS} browsers logging in"
LIMIT = "Argon2id alone"

QUANTITIES = {
    "logins": Quantity("Logins", "a second", beside=(LIMIT,)),
    "p50": Quantity("The landing page meanwhile, p50", "ms", beside=(QUIET,)),
    "p99": Quantity("The landing page meanwhile, p99", "ms", beside=(QUIET,)),
}


async def measure(services: Services, effort: Effort) -> list[Comparison]:
    """Let many log in at once and somebody else look around, and compare both with undisturbed times."""
    services = await services.with_users(0)
    async with serving(services) as (url, _):
        landing, login, seconds = Request.get(url), await login_form(url), 2 * effort.seconds
        measures = {
            QUIET: partial(_quiet, landing, seconds),
            STORM: partial(_storm, landing, login, seconds),
            LIMIT: partial(_limit, read(services.environment()), seconds),
        }
        return await interleave(QUANTITIES, measures, rounds=effort.rounds)


async def _quiet(landing: Request, seconds: float) -> Mapping[str, float]:
    return _percentiles(await _look_around(landing, seconds))


async def _storm(landing: Request, login: Request, seconds: float) -> Mapping[str, float]:
    logins, looks = await asyncio.gather(
        ask(login, connections=BROWSERS, seconds=seconds), _look_around(landing, seconds)
    )
    return {"logins": logins.per_second, **_percentiles(looks)}


async def _limit(settings: Settings, seconds: float) -> Mapping[str, float]:
    hasher = PasswordHasher(settings.argon2_time_cost, settings.argon2_memory_kib, parallelism=1)
    stored, end = hasher.hash(ADMIN_PASSWORD), perf_counter() + seconds

    def verify_until_the_end() -> int:
        verified = 0
        while perf_counter() < end:
            hasher.verify(stored, ADMIN_PASSWORD)
            verified += 1
        return verified

    verified = await asyncio.gather(*(asyncio.to_thread(verify_until_the_end) for _ in range(settings.hashing_threads)))
    return {"logins": sum(verified) / seconds}


async def _look_around(landing: Request, seconds: float) -> Answers:
    return await ask(landing, connections=1, seconds=seconds, pause=PAUSE)


def _percentiles(answers: Answers) -> dict[str, float]:
    return {f"p{percent}": percentile(answers.latencies, percent) * 1000 for percent in (50, 99)}

"""A storm of logins: how many get through, and whether other visitors notice."""

import asyncio
import os
from collections.abc import Callable, Mapping
from functools import partial
from time import perf_counter

from argon2 import PasswordHasher

from app.accounts import argon2
from app.settings import Settings, read
from bench.client import Answers, Request, ask
from bench.comparing import OURS, Comparison, Effort, Quantity, interleave, percentile
from bench.services import ADMIN_PASSWORD, Services
from bench.web import login_form, serving

BROWSERS = 16
PAUSE = 0.005  # seconds between two looks at the landing page
QUIET, STORM = f"{OURS}, quiet", f"{OURS}, {BROWSERS} browsers logging in"
LIMIT, SODIUM = "Argon2id alone", "libsodium's Argon2id alone"  # on as many threads as there are processors

QUANTITIES = {
    "logins": Quantity("Logins", "a second", beside=(LIMIT, SODIUM)),
    "p50": Quantity("The landing page meanwhile, p50", "ms", beside=(QUIET,)),
    "p99": Quantity("The landing page meanwhile, p99", "ms", beside=(QUIET,)),
}


async def measure(services: Services, effort: Effort) -> list[Comparison]:
    """Let many log in at once and somebody else look around, and compare both with undisturbed times."""
    services = await services.with_users(0)
    settings = read(services.environment())
    async with serving(services) as (url, _):
        landing, login, seconds = Request.get(url), await login_form(url), 2 * effort.seconds
        measures = {
            QUIET: partial(_quiet, landing, seconds),
            STORM: partial(_storm, landing, login, seconds),
            LIMIT: partial(_limit, _reference(settings), seconds),
            SODIUM: partial(_limit, _libsodium(settings), seconds),
        }
        return await interleave(QUANTITIES, measures, rounds=effort.rounds)


async def _quiet(landing: Request, seconds: float) -> Mapping[str, float]:
    return _percentiles(await _look_around(landing, seconds))


async def _storm(landing: Request, login: Request, seconds: float) -> Mapping[str, float]:
    logins, looks = await asyncio.gather(
        ask(login, connections=BROWSERS, seconds=seconds), _look_around(landing, seconds)
    )
    return {"logins": logins.per_second, **_percentiles(looks)}


def _reference(settings: Settings) -> Callable[[], object]:
    hasher = PasswordHasher(settings.argon2_time_cost, settings.argon2_memory_kib, parallelism=1)
    return partial(hasher.verify, hasher.hash(ADMIN_PASSWORD), ADMIN_PASSWORD)


def _libsodium(settings: Settings) -> Callable[[], object]:
    stored = argon2.hashed(ADMIN_PASSWORD, settings.argon2_time_cost, settings.argon2_memory_kib)
    return partial(argon2.fits, ADMIN_PASSWORD, stored)


async def _limit(verify: Callable[[], object], seconds: float) -> Mapping[str, float]:
    end = perf_counter() + seconds

    def verify_until_the_end() -> int:
        verified = 0
        while perf_counter() < end:
            verify()
            verified += 1
        return verified

    verified = await asyncio.gather(*(asyncio.to_thread(verify_until_the_end) for _ in range(os.cpu_count() or 1)))
    return {"logins": sum(verified) / seconds}


async def _look_around(landing: Request, seconds: float) -> Answers:
    return await ask(landing, connections=1, seconds=seconds, pause=PAUSE)


def _percentiles(answers: Answers) -> dict[str, float]:
    return {f"p{percent}": percentile(answers.latencies, percent) * 1000 for percent in (50, 99)}

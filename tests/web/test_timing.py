"""Answers whose time tells nothing."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from itertools import count
from statistics import median
from time import perf_counter

import pytest

from app.settings import Settings, settings
from app.web.timing import same_time
from tests.people import PASSWORD, Person

Tell = Callable[..., None]

LIMITS = [name.upper() for name in Settings.__struct_fields__ if name.startswith("limit_")]
PAIRS = 30
HASHED = "/account/login"  # takes as long as a hash, whoever's
ASKING = {
    HASHED: {"password": "not her password"},
    "/account/register": {"first_name": "Eve", "last_name": "D.", "password": PASSWORD, "password2": PASSWORD},
    "/account/reset-password": {},
    "/account/manage/change-email": {"password": PASSWORD},
}


@pytest.mark.usefixtures("environment")
async def test_a_quick_answer_waits_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSWER_TIME", "0.05")
    settings.cache_clear()
    loop = asyncio.get_running_loop()
    started = loop.time()
    async with same_time():
        pass
    assert loop.time() - started >= 0.05
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.usefixtures("environment")
async def test_a_slow_answer_waits_no_longer() -> None:
    async with asyncio.timeout(5), same_time():
        await asyncio.sleep(0)


@pytest.fixture
def frozen() -> Iterator[None]:
    """What is there already is left out of garbage collections, as in a server: of some, more is to collect."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("path", ASKING)
async def test_of_thirty_pairs_nobody_can_tell_which_address_is_known(
    root: Person, grace: Person, tell: Tell, path: str
) -> None:
    tell(**dict.fromkeys(LIMITS, "10000/minute"))
    if "manage" in path:
        await root.log_in()
    csrf_token = (await root.visit(path)).csrf_token
    times = count()

    async def ask(email: str) -> float:
        told = ASKING[path] | {"email": email, "csrf_token": csrf_token}
        if "first_name" in told:
            told["first_name"] += str(next(times))  # else the pattern of a name that came before is at hand
        before = perf_counter()
        page = await root.post(path, told)
        assert page.status in {302, 422}
        return perf_counter() - before

    strangers = [f"nob{first}{second}@example.com" for first in "aeiou" for second in "klmnrt"]  # as long as she
    usual = median([await ask(grace.email) for _ in range(5)])  # on a busy machine, longer
    tell(ANSWER_TIME=2 * usual)
    pairs = []
    for stranger in strangers:  # both follow one; what came before makes a difference, too
        _, unknown, known = [await ask(email) for email in (f"other-{stranger}", stranger, grace.email)]
        pairs.append((known, unknown))
    assert path == HASHED or min(map(min, pairs)) >= 2 * usual
    longer = sum(known > unknown for known, unknown in pairs)
    assert 4 <= longer <= PAIRS - 4, "which a coin does but once in a hundred thousand times"

"""Passwords are hashed beside the event loop, a few at a time."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from textwrap import dedent
from time import perf_counter

import pytest
from sqlalchemy import String
from werkzeug.security import generate_password_hash

from app.accounts import hashing
from app.accounts.errors import TooBusy
from app.accounts.models import User
from app.settings import settings

pytestmark = pytest.mark.usefixtures("environment")


@pytest.fixture
def expensive(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As expensive as in production, with one thread and room for two more to wait."""
    monkeypatch.setenv("ARGON2_TIME_COST", "2")
    monkeypatch.setenv("ARGON2_MEMORY_KIB", "19456")
    monkeypatch.setenv("HASHING_THREADS", "1")
    monkeypatch.setenv("HASHING_QUEUE", "2")
    cached = (settings, hashing._hash_of_nobody, hashing._threads)
    for function in cached:
        function.cache_clear()
    yield
    hashing._threads().shutdown()
    monkeypatch.undo()
    for function in cached:
        function.cache_clear()


async def test_a_password_fits_its_hash_and_no_other_does() -> None:
    password_hash = await hashing.hash_password("difference engine")
    assert password_hash.startswith("$argon2id$")
    assert await hashing.verify_password("difference engine", password_hash)
    assert not await hashing.verify_password("difference engines", password_hash)
    assert await hashing.hash_password("difference engine") != password_hash, "salts are random"


@pytest.mark.parametrize(
    "password_hash",
    [
        None,
        "",
        "!",
        "nonsense",
        "pbkdf2:",
        "pbkdf2:none:x$y$z",
        "scrypt:1$$",
        "sha1$a$b",
        "$argon2id$",
        "$argon2i$v=19$",
    ],
)
async def test_no_password_fits_an_account_that_has_none(password_hash: str | None) -> None:
    for password in ("", "!", "nonsense", "nobody has this password"):
        assert not await hashing.verify_password(password, password_hash)


@pytest.mark.parametrize("method", ["pbkdf2:sha1:1000", "pbkdf2:sha256:50000", "scrypt:32768:8:1"])
async def test_what_flask_base_has_stored_is_verified_and_is_to_be_renewed(method: str) -> None:
    password_hash = generate_password_hash("difference engine", method)
    assert await hashing.verify_password("difference engine", password_hash)
    assert not await hashing.verify_password("difference engines", password_hash)
    assert hashing.is_outdated(password_hash)
    assert not hashing.is_outdated(await hashing.hash_password("difference engine"))


@pytest.mark.usefixtures("expensive")
async def test_a_hash_that_is_cheaper_than_those_of_now_is_to_be_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    password_hash = await hashing.hash_password("difference engine")
    assert not hashing.is_outdated(password_hash)
    monkeypatch.setenv("ARGON2_TIME_COST", "3")
    settings.cache_clear()
    assert hashing.is_outdated(password_hash)


@pytest.mark.usefixtures("expensive")
async def test_a_hash_that_is_none_of_ours_takes_as_long_as_any() -> None:
    async def time(password_hash: str | None) -> float:
        before = perf_counter()
        await hashing.verify_password("difference engine", password_hash)
        return perf_counter() - before

    ours = await hashing.hash_password("analytical engine")
    hashes = (ours, None, "nonsense", "pbkdf2:sha256:1$salt$0123456789abcdef")
    rounds = [{password_hash: await time(password_hash) for password_hash in hashes} for _ in range(5)]
    shortest = {password_hash: min(times[password_hash] for times in rounds) for password_hash in hashes}
    for password_hash in hashes:  # in turns, and with room: something else may hold any of them up
        assert shortest[password_hash] > shortest[ours] / 4, password_hash


@pytest.mark.usefixtures("expensive")
async def test_a_hash_fits_its_column() -> None:
    column = User.__table__.c.password_hash.type
    assert isinstance(column, String)
    assert len(await hashing.hash_password("x" * 256)) == 97
    assert column.length == 255


async def test_every_byte_of_a_password_counts() -> None:
    password_hash = await hashing.hash_password(" é " + "x" * 250)
    assert await hashing.verify_password(" é " + "x" * 250, password_hash)
    for other in ("é " + "x" * 250, " é " + "x" * 249, " É " + "x" * 250):
        assert not await hashing.verify_password(other, password_hash)


@pytest.mark.usefixtures("expensive")
async def test_the_loop_goes_on_while_passwords_are_hashed() -> None:
    hashes = asyncio.gather(*(hashing.hash_password("x") for _ in range(3)))
    turns = 0
    while not hashes.done():
        await asyncio.sleep(0)
        turns += 1
    await hashes
    assert turns > 100


@pytest.mark.usefixtures("expensive")
async def test_a_process_that_was_killed_is_replaced() -> None:
    password_hash = await hashing.hash_password("difference engine")
    former = await hashing.in_thread(lambda: hashing._of_this_thread.argon2._process)
    former.kill()
    assert await hashing.verify_password("difference engine", password_hash)
    former.wait()
    assert not await hashing.verify_password("analytical engine", password_hash)


@pytest.mark.usefixtures("expensive")
def test_a_fork_of_whoever_hashes_ends_without_the_process_that_does() -> None:
    script = """
        import asyncio, os, sys
        from app.accounts import hashing
        password_hash = asyncio.run(hashing.hash_password("difference engine"))
        if (pid := os.fork()) == 0:
            sys.exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
        assert asyncio.run(hashing.verify_password("difference engine", password_hash))
    """
    subprocess.run([sys.executable, "-c", dedent(script)], check=True, timeout=20)


@pytest.mark.usefixtures("expensive")
async def test_a_process_that_cannot_hash_is_too_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "ARGON2", (sys.executable, "-c", ""))
    with pytest.raises(TooBusy):
        await hashing.hash_password("difference engine")


@pytest.mark.usefixtures("expensive")
async def test_more_passwords_than_may_wait_are_turned_away() -> None:
    outcomes = await asyncio.gather(*(hashing.hash_password("x") for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(outcome, TooBusy) for outcome in outcomes) == 7
    assert (await hashing.hash_password("x")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")

"""Argon2id in a few threads, so that hashing neither blocks the event loop nor eats the memory."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache, partial
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from app.accounts.errors import TooBusy
from app.settings import settings

T = TypeVar("T")

_waiting = 0


async def hash_password(password: str) -> str:
    """The hash to store, or TooBusy."""
    return await _in_thread(partial(_hasher().hash, password))


async def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether they belong together, or TooBusy; takes as long when there is no hash to compare with."""
    return await _in_thread(partial(_verify, password, password_hash))


def waiting() -> int:
    """How many are being hashed, or wait to be."""
    return _waiting


def _verify(password: str, password_hash: str | None) -> bool:
    if password_hash:
        with suppress(UnknownHashError):
            return _hasher().verify(password, password_hash)
    _hasher().verify(password, _hash_of_nobody())  # else the time would tell which addresses have accounts
    return False


async def _in_thread(work: Callable[[], T]) -> T:
    global _waiting  # noqa: PLW0603 (one event loop, one number)
    if _waiting >= settings().hashing_threads + settings().hashing_queue:
        raise TooBusy
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads(), work)
    finally:
        _waiting -= 1


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings().hashing_threads, thread_name_prefix="hashing")


@cache
def _hasher() -> PasswordHash:
    # The parameters are those of the OWASP Password Storage Cheat Sheet, not the library's own of 64 MiB.
    chosen = settings()
    return PasswordHash(
        [Argon2Hasher(time_cost=chosen.argon2_time_cost, memory_cost=chosen.argon2_memory_kib, parallelism=1)]
    )


@cache
def _hash_of_nobody() -> str:
    return _hasher().hash("nobody has this password")

"""Argon2id in a few threads, so that hashing neither blocks the event loop nor eats the memory.

What flask-base has stored, which are Werkzeug's hashes, is still verified.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache, partial
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher
from werkzeug.security import check_password_hash

from app.accounts.errors import TooBusy
from app.settings import settings

T = TypeVar("T")

OF_WERKZEUG = ("pbkdf2:", "scrypt:")

_waiting = 0


async def hash_password(password: str) -> str:
    """The hash to store, or TooBusy."""
    return await in_thread(partial(_hasher().hash, password))


async def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether they belong together, or TooBusy; takes as long when there is no hash to compare with."""
    return await in_thread(partial(_verify, password, password_hash))


def is_outdated(password_hash: str) -> bool:
    """Whether it is Werkzeug's, or was made with other parameters than those of now."""
    argon2 = _hasher().current_hasher
    return not argon2.identify(password_hash) or argon2.check_needs_rehash(password_hash)


def waiting() -> int:
    """How many are being hashed, or wait to be."""
    return _waiting


def _verify(password: str, password_hash: str | None) -> bool:
    if password_hash and _fits_werkzeugs(password, password_hash):
        return True
    if password_hash:
        with suppress(UnknownHashError):
            return _hasher().verify(password, password_hash)
    _hasher().verify(password, _hash_of_nobody())  # else the time would tell which addresses have accounts
    return False


def _fits_werkzeugs(password: str, password_hash: str) -> bool:
    with suppress(ValueError):  # of a method that there is no more
        return password_hash.startswith(OF_WERKZEUG) and check_password_hash(password_hash, password)
    return False


async def in_thread(work: Callable[[], T]) -> T:
    """What the work gives, done beside the event loop, or TooBusy when too much waits already."""
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
    return ThreadPoolExecutor(settings().hashing_threads, thread_name_prefix="hashing", initializer=_let_pages_go_first)


def _let_pages_go_first() -> None:
    if sys.platform == "linux":  # elsewhere not only this thread would
        os.nice(10)


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

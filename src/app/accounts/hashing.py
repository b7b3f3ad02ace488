"""Argon2id in a few threads, so that hashing neither blocks the event loop nor eats the memory.

It is libsodium's, which uses the widest registers that the processor has: 1.7 times as fast as the reference code.

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

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from werkzeug.security import check_password_hash

from app.accounts.errors import TooBusy
from app.settings import settings

T = TypeVar("T")

OF_ARGON2 = "$argon2id$"
OF_WERKZEUG = ("pbkdf2:", "scrypt:")

_waiting = 0


async def hash_password(password: str) -> str:
    """The hash to store, or TooBusy."""
    return await in_thread(partial(_hash, password))


async def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether they belong together, or TooBusy; takes as long when there is no hash to compare with."""
    return await in_thread(partial(_verify, password, password_hash))


def is_outdated(password_hash: str) -> bool:
    """Whether it is Werkzeug's, or was made with other parameters than those of now."""
    now = f"{OF_ARGON2}v=19$m={settings().argon2_memory_kib},t={settings().argon2_time_cost},p=1$"
    return not password_hash.startswith(now)


def waiting() -> int:
    """How many are being hashed, or wait to be."""
    return _waiting


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


def _hash(password: str) -> str:
    passes, memory = settings().argon2_time_cost, settings().argon2_memory_kib * 1024
    return argon2id.str(password.encode(), opslimit=passes, memlimit=memory).decode()


def _verify(password: str, password_hash: str | None) -> bool:
    if password_hash and _fits_werkzeugs(password, password_hash):
        return True
    if password_hash and password_hash.startswith(OF_ARGON2):
        return _fits(password, password_hash)
    _fits(password, _hash_of_nobody())  # else the time would tell which addresses have accounts
    return False


def _fits(password: str, password_hash: str) -> bool:
    with suppress(CryptoError):
        return argon2id.verify(password_hash.encode(), password.encode())
    return False


def _fits_werkzeugs(password: str, password_hash: str) -> bool:
    with suppress(ValueError):  # of a method that there is no more
        return password_hash.startswith(OF_WERKZEUG) and check_password_hash(password_hash, password)
    return False


@cache
def _hash_of_nobody() -> str:
    return _hash("nobody has this password")


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings().hashing_threads, thread_name_prefix="hashing", initializer=_let_pages_go_first)


def _let_pages_go_first() -> None:
    if sys.platform == "linux":  # elsewhere not only this thread would
        os.nice(10)

"""Passwords are hashed in a few processes, so that this neither blocks the event loop nor eats the memory.

What flask-base has stored, which are Werkzeug's hashes, is still verified.
"""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

from werkzeug.security import check_password_hash

from app.accounts.errors import TooBusy
from app.settings import settings

T = TypeVar("T")

ARGON2 = (sys.executable, "-I", str(Path(__file__).with_name("argon2.py")))
OF_ARGON2 = "$argon2id$"
OF_WERKZEUG = ("pbkdf2:", "scrypt:")

_waiting = 0
_of_this_thread = threading.local()


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
    password_hash: str = _ask("hashed", password, settings().argon2_time_cost, settings().argon2_memory_kib)
    return password_hash


def _verify(password: str, password_hash: str | None) -> bool:
    if password_hash and _fits_werkzeugs(password, password_hash):
        return True
    if password_hash and password_hash.startswith(OF_ARGON2):
        return bool(_ask("fits", password, password_hash))
    _ask("fits", password, _hash_of_nobody())  # else the time would tell which addresses have accounts
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
    return ThreadPoolExecutor(settings().hashing_threads, thread_name_prefix="hashing")


def _ask(*question: Any) -> Any:
    if not hasattr(_of_this_thread, "argon2"):
        _of_this_thread.argon2 = Argon2()
    return _of_this_thread.argon2.ask(*question)


class Argon2:
    """The process that hashes for a thread; it is started anew when it has died, and ends with the thread."""

    def __init__(self) -> None:
        self._start()

    def __del__(self) -> None:
        if os.getpid() == self._owner:  # a fork has a copy of this, and no such thread
            self._end()

    def ask(self, *question: Any) -> Any:
        """The answer, or TooBusy when it has died over it twice."""
        for _ in range(2):
            with suppress(BrokenPipeError):
                if answer := self._answer(f"{json.dumps(question)}\n"):
                    return json.loads(answer)
            self._end()
            self._start()
        raise TooBusy

    def _answer(self, question: str) -> str:
        assert self._process.stdin and self._process.stdout  # noqa: S101, PT018 (says it to the type checker)
        self._process.stdin.write(question)
        self._process.stdin.flush()
        return self._process.stdout.readline()

    def _end(self) -> None:
        self._process.kill()  # its input may be open elsewhere, in a fork
        self._process.communicate()

    def _start(self) -> None:
        self._owner = os.getpid()
        # In a session of its own: a signal to all processes of the server must not reach it before the last answer.
        self._process = subprocess.Popen(
            ARGON2, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

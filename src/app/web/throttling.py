"""How often somebody may try. The numbers are the settings LIMIT_…; what is over them gets 429, or no further mail."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import wraps
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import ParamSpec, TypeVar

import structlog
from quart import current_app, request
from werkzeug.exceptions import TooManyRequests

from app.accounts.errors import WrongPassword
from app.settings import settings
from app.web.auth import signed_in_user
from app.web.counting import Counts, Rate, rates
from app.web.csrf import SAFE
from app.web.guards import View
from app.web.templating import duration

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")

CUSTOMER = 64  # bits of an IPv6 address that a provider gives to one customer; the rest is theirs to choose


def ip() -> str:
    """Whoever asks, by the address that they have; of IPv6, by the network."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return request.remote_addr or ""
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or IPv6Address(int(address) >> CUSTOMER << CUSTOMER))


def member() -> str:
    """Whoever asks, by their account."""
    return str(signed_in_user().id)


def throttled(limit: str, *, by: Callable[[], str], looking: bool = False) -> Callable[[View[P, T]], View[P, T]]:
    """Answer 429 to what somebody sends too often; with `looking`, also to what they look at too often."""

    def decorate(view: View[P, T]) -> View[P, T]:
        @wraps(view)
        async def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            if looking or request.method not in SAFE:
                await _insist(limit, by(), request.method)
            return await view(*args, **kwargs)

        return guarded

    return decorate


async def allows(limit: str, *key: str) -> bool:
    """Count one more, and say whether that is within the limit."""
    return await _wait(limit, *key) == 0


@asynccontextmanager
async def guess(email: str) -> AsyncIterator[None]:
    """Let a password for the account with this address be tried, whether there is one or not, or answer 429.

    It is counted before it is tried: many at once would all get through while the first one is being hashed. What
    was no wrong password is taken back, but nothing else is: a right one would buy its owner more wrong ones.
    """
    counted = [("wrong_by_ip", ip()), ("wrong_by_account_and_ip", email, ip()), ("wrong_by_account", email)]
    for limit, *key in counted:
        await _insist(limit, *key)
    await _slow_down_under_attack()
    try:
        yield
    except WrongPassword:
        raise
    except Exception:
        await _take_back(*counted, ("wrong_at_all",))
        raise
    await _take_back(*counted, ("wrong_at_all",))


async def let_in(email: str) -> None:
    """Forget the wrong passwords that others have tried: the owner has shown who reads the mail."""
    for rate in _rates("wrong_by_account"):
        await _counts().forget(rate, *_key("wrong_by_account", email))


async def _slow_down_under_attack() -> None:
    # Locking everybody out would do the attackers' work.
    if not await allows("wrong_at_all"):
        if await allows("alarms"):
            log.error("logins.under_attack", limit=settings().limit_wrong_at_all)
        await asyncio.sleep(settings().slow_mode)


async def _insist(limit: str, *key: str) -> None:
    if wait := await _wait(limit, *key):
        log.warning("request.throttled", limit=limit)
        later = duration(timedelta(minutes=ceil(wait / 60)))
        raise TooManyRequests(f"That was tried too often. Please try again in {later}.", retry_after=wait)


async def _wait(limit: str, *key: str) -> int:
    for rate in _rates(limit):
        if wait := await _counts().add(rate, *_key(limit, *key)):
            return wait
    return 0


async def _take_back(*counted: tuple[str, ...]) -> None:
    for limit, *key in counted:
        for rate in _rates(limit):
            await _counts().take_back(rate, *_key(limit, *key))


def _counts() -> Counts:
    counts: Counts = current_app.extensions["counts"]
    return counts


def _rates(limit: str) -> list[Rate]:
    return rates(getattr(settings(), f"limit_{limit}"))


def _key(limit: str, *of: str) -> tuple[str, str]:
    # Nobody who reads Redis learns who was here.
    return limit, sha256("\0".join(of).encode()).hexdigest()

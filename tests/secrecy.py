"""What people type, and what they are given, that nobody else may read: after each test it is looked for everywhere."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from contextlib import suppress

from redis.asyncio import Redis

SHORTEST = 12  # characters; what is shorter could stand anywhere

said: list[str] = []
"""What our processes have printed since the test began."""

_secrets: set[str] = set()


def begin(*keys: str) -> None:
    """Forget the former test; only the application's own keys stay secret."""
    said.clear()
    _secrets.clear()
    keep(keys)


def keep(secrets: Iterable[str]) -> None:
    _secrets.update(secret for secret in secrets if len(secret) >= SHORTEST)


def keep_typed(form: Mapping[str, object]) -> None:
    """What a form holds that is for us only."""
    keep(str(value) for name, value in form.items() if "password" in name or "token" in name)


def keep_cookies(cookies: Mapping[str, str]) -> None:
    """What a browser shows, and what stands in the one that lets somebody in."""
    keep(cookies.values())
    with suppress(ValueError):  # of those that make no sense
        keep([json.loads(urlsafe_b64decode(cookies.get("auth", "").partition(".")[0] + "=="))])


def found_in(text: str) -> list[str]:
    """The secrets that the text tells."""
    return sorted(secret for secret in _secrets if secret in text)


async def everything_in(redis: Redis) -> str:
    """All keys, and what they hold."""
    keys = [key.decode() for key in await redis.keys()]
    return "\n".join([*keys, *[str(await _value(redis, key)) for key in keys]])


async def _value(redis: Redis, key: str) -> object:
    match await redis.type(key):
        case b"string":
            return await redis.get(key)
        case b"zset":
            return await redis.zrange(key, 0, -1)
        case b"none":  # it has expired meanwhile
            return ""
        case kind:
            raise NotImplementedError(f"{key} is a {kind.decode()}")

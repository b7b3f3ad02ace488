"""Who acts, and from where: told once per request or command, so that no function in between has to hand it on."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """A visitor, somebody with an account, or the terminal."""

    actor_id: int | None = None
    actor: str = ""
    ip: str = ""
    agent: str = ""


NOBODY = Origin()
TERMINAL = Origin(actor="terminal")

# Whoever knows is asked when there is something to record, which is at few requests.
known_by: ContextVar[Callable[[], Origin]] = ContextVar("known_by", default=lambda: NOBODY)


def origin() -> Origin:
    """Who acts now."""
    return known_by.get()()

"""The kinds of mail that exist: each package declares its own beside the code that posts it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

Compose = Callable[..., Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Kind:
    """A subject, and the function that loads what `templates/mail/<name>.html` and `.txt` are given."""

    subject: str
    compose: Compose


KINDS: dict[str, Kind] = {}


def kind(name: str, *, subject: str) -> Callable[[Compose], Compose]:
    """Declare a kind of mail; the function gets the session and, by name, the ids that were posted."""

    def declare(compose: Compose) -> Compose:
        KINDS[name] = Kind(subject, compose)
        return compose

    return declare

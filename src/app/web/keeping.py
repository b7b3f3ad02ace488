"""What is rendered once and kept: parts of pages, and pages that look alike to all who have not logged in."""

import secrets
from collections.abc import Callable, Hashable
from functools import cached_property, lru_cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from app.web.auth import ANONYMOUS

# What differs between two who ask for the same page; what was made for one is shown to others.
PERSONAL = {
    "csrf_token",
    "chosen_theme",
    "g",
    "get_flashed_messages",
    "here",
    "left_flashes",
    "request",
    "session",
    "take_flashes",
}
TOKEN = f"[{secrets.token_hex()}]"  # stands in a page where the CSRF token of each who asks for it goes
KEPT = 512  # parts, and as many pages, of a few kB each


class Apart:
    """Templates that see nothing but what they are told; asking for anything of the request is an error."""

    def __init__(self, environment: Environment, **instead: Any) -> None:
        self._environment, self._instead = environment, instead

    def render(self, template: str, **told: Any) -> Markup:
        return Markup(self._apart.get_template(template).render(told))  # noqa: S704 (it escapes what it is told)

    @cached_property
    def _apart(self) -> Environment:
        apart = self._environment.overlay()
        apart.globals = {name: value for name, value in self._environment.globals.items() if name not in PERSONAL}
        apart.globals |= self._instead
        return apart


class Parts:
    """Renders a part of a page for what it is told, all of which must be hashable, so that it can be kept."""

    def __init__(self, environment: Environment) -> None:
        self._templates = Apart(environment)

    def __call__(self, template: str, **told: Hashable) -> Markup:
        return self._templates.render(template, **told)


class Pages:
    """Renders a page in the same way, for somebody who has not logged in and whom no message waits for."""

    def __init__(self, environment: Environment) -> None:
        silence: Any = {"left_flashes": list, "take_flashes": lambda *_: []}
        self._templates = Apart(environment, csrf_token=lambda: TOKEN, **silence)

    def __call__(self, template: str, theme: str, here: str, _built_at: int | None, **told: Hashable) -> Markup:
        who: Any = {"current_user": ANONYMOUS, "chosen_theme": lambda: theme, "here": lambda: here}
        return self._templates.render(template, **who, **told)


def kept(renderer: Callable[..., Markup], environment: Environment) -> Callable[..., Markup]:
    """The same, which keeps what it has rendered; in development, where templates change, it renders each time."""
    return renderer if environment.auto_reload else lru_cache(KEPT)(renderer)

"""What is rendered once and kept: parts of pages, forms, and pages that look alike to all who have not logged in."""

import re
import secrets
from collections.abc import Callable, Hashable, Mapping
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from jinja2 import Environment
from markupsafe import Markup, escape
from wtforms import Form, StringField

from app.web.incoming import ANONYMOUS

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
CSRF = "csrf_token"
TOKEN = f"[{secrets.token_hex()}]"  # stands in a page where the CSRF token of each who asks for it goes
KEPT = 512  # parts, and as many forms and pages, of a few kB each

T = TypeVar("T")


class Parts:
    """Renders a part of a page: a template that sees nothing but what it is told, and so can be kept.

    All that a part is told must be hashable; asking for anything of the request is an error. What stands `instead` of
    that is the same for everybody.
    """

    def __init__(self, environment: Environment, **instead: Any) -> None:
        self._environment, self._instead = environment, instead

    def __call__(self, template: str, **told: Hashable) -> Markup:
        return Markup(self.apart.get_template(template).render(told))  # noqa: S704 (it escapes what it is told)

    @cached_property
    def apart(self) -> Environment:
        apart = self._environment.overlay()
        apart.globals = {name: value for name, value in self._environment.globals.items() if name not in PERSONAL}
        apart.globals |= self._instead
        return apart


class Pages:
    """Renders a page in the same way, for somebody who has not logged in and whom no message waits for."""

    def __init__(self, environment: Environment) -> None:
        self._parts = _impersonal(environment)

    def __call__(self, template: str, theme: str, here: str, _built_at: int | None, **told: Hashable) -> Markup:
        who: Any = {"current_user": ANONYMOUS, "chosen_theme": lambda: theme, "here": lambda: here}
        return self._parts(template, **who, **told)


class Pattern:
    """A form as it was rendered for all, with gaps for the text in its fields and for the CSRF token."""

    def __init__(self, pieces: list[str], defaults: Mapping[str, Any]) -> None:
        self._pieces, self._defaults = pieces, defaults  # every other piece is the name of what stands there

    def filled(self, csrf_token: Callable[[], str], data: Mapping[str, Any]) -> Markup:
        """The form with this data, which is escaped, and a token if it has one."""
        pieces, told = self._pieces.copy(), {**self._defaults, **data}
        for place in range(1, len(pieces), 2):
            name = pieces[place]
            pieces[place] = csrf_token() if name == CSRF else escape("" if told[name] is None else told[name])
        return Markup("".join(pieces))  # noqa: S704 (what was not rendered is escaped)


class Forms:
    """Renders the pattern of a form that nobody has sent, and that asks everybody for the same."""

    def __init__(self, environment: Environment) -> None:
        self._parts = _impersonal(environment)

    def __call__(self, form_class: type[Form], **told: Hashable) -> Pattern:
        defaults = {field.name: field.data for field in form_class() if type(field)._value is StringField._value}
        marks = {name: f"[{secrets.token_hex()}]" for name in defaults}
        macros: Any = self._parts.apart.get_template("macros/form_macros.html").module
        text = macros.render_form(form_class(data=marks), **told)
        names = {mark: name for name, mark in marks.items()} | {TOKEN: CSRF}
        pieces: list[str] = re.split(f"({'|'.join(map(re.escape, names))})", text)
        return Pattern([names.get(piece, piece) for piece in pieces], defaults)


def _impersonal(environment: Environment) -> Parts:
    silence: Any = {"left_flashes": list, "take_flashes": lambda *_: []}
    return Parts(environment, csrf_token=lambda: TOKEN, **silence)


def kept(renderer: Callable[..., T], environment: Environment) -> Callable[..., T]:
    """The same, which keeps what it has rendered; in development, where templates change, it renders each time."""
    return renderer if environment.auto_reload else lru_cache(KEPT)(renderer)

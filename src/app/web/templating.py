"""Pages: Jinja without its asynchronous mode, which no template needs, since routes load everything first."""

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from types import FunctionType, MethodType
from typing import Any, NamedTuple, cast

from jinja2 import StrictUndefined
from jinja2.runtime import Context as JinjaContext
from jinja2.runtime import Macro
from markupsafe import Markup, escape
from quart import Quart, current_app, get_flashed_messages, url_for
from quart.templating import Environment

from app.accounts.models import AnonymousUser, Role, User
from app.pages.sanitising import sanitised
from app.settings import Settings, settings
from app.web import inputs
from app.web.assets import built_at
from app.web.auth import current_user
from app.web.csrf import csrf_token
from app.web.incoming import this_request
from app.web.keeping import TOKEN, Forms, Pages, Parts, kept

FOR_MACROS = (
    inputs.arranged,
    inputs.attributes,
    inputs.description_ids,
    inputs.first_error,
    inputs.is_hidden_field,
    inputs.is_untouched,
    inputs.kind_of,
    inputs.option_attributes,
    inputs.sends_files,
    inputs.with_style,
)
THEMES = {"light", "dark"}
ADDRESSES = 4096
PLAIN = {FunctionType, MethodType, Macro}  # what is called as it is

address = lru_cache(ADDRESSES)(url_for)  # which takes its time, and says the same to everybody


class Context(JinjaContext):
    """Calls functions and macros as they are: to ask each what Jinja may pass to it takes longer than to call it."""

    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(called) not in PLAIN or hasattr(called, "jinja_pass_arg"):
            return super().call(called, *args, **kwargs)
        if kwargs:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
        return called(*args, **kwargs)


class SynchronousEnvironment(Environment):
    """Quart's environment, whose asynchronous rendering costs a third of a page's time, put back to Jinja's default."""

    context_class = Context

    def __init__(self, app: Quart, **options: Any) -> None:
        super().__init__(app, **options)
        self.is_async = False

    def make_globals(self, d: Mapping[str, Any] | None) -> dict[str, Any]:
        """A copy: Jinja's own is a chain of two, which each import of a macro would walk through."""
        return {**self.globals, **(d or {})}


class Nameplate(NamedTuple):
    """What the bar at the top shows of somebody who is logged in."""

    name: str
    initials: str
    email: str
    role: str
    dashboard: str


def init_app(app: Quart, settings: Settings) -> None:
    app.jinja_environment = SynchronousEnvironment
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters.update(
        duration=duration, moment=moment, highlight=highlight, sanitised=sanitised, tuples=tuples
    )
    app.jinja_env.globals.update(
        app_name=settings.app_name,
        chosen_theme=chosen_theme,
        theme_cookie=theme_cookie(settings),
        csrf_token=csrf_token,
        here=here,
        index_for_role=index_for_role,
        left_flashes=left_flashes,
        take_flashes=take_flashes,
        in_development=settings.quart_config == "development",
        nameplate=nameplate,
        url_for=address,
        **{ask.__name__: ask for ask in FOR_MACROS},
    )
    app.jinja_env.globals["part"] = kept(Parts(app.jinja_env), app.jinja_env)
    app.extensions["forms"] = kept(Forms(app.jinja_env), app.jinja_env)
    app.extensions["pages"] = kept(Pages(app.jinja_env), app.jinja_env)


def render(template: str, **context: Any) -> str:
    """The page as text; every template sees `current_user` too."""
    return current_app.jinja_env.get_template(template).render(current_user=current_user(), **context)


def render_alike(template: str, **told: Hashable) -> str:
    """The page as text, which is kept for all who have not logged in and are to be told nothing.

    To them it shows only what it is `told`, the theme that they chose, and their CSRF token.
    """
    if left_flashes() or current_user().is_authenticated:
        return render(template, **told)
    page: str = current_app.extensions["pages"](template, chosen_theme(), here(), built_at(), **told)
    return page.replace(TOKEN, csrf_token()) if TOKEN in page else page


def moment(time: datetime) -> Markup:
    """A moment in UTC, as people write it, and as programs do."""
    return Markup('<time datetime="%s">%s UTC</time>') % (time.isoformat(), f"{time:%-d %b %Y, %H:%M}")


def duration(length: timedelta) -> str:
    """A length of time in its largest unit, as people say it."""
    seconds = int(length.total_seconds())
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}{'' if seconds < 2 * size else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def highlight(text: str, words: Sequence[str]) -> Markup:
    """The text, with what was searched for marked; a word with a space in front only where a word begins."""
    if not words:
        return escape(text)
    patterns = (r"(?<!\S)" * word.startswith(" ") + re.escape(word.lstrip()) for word in words)
    pattern = re.compile("|".join(patterns), re.IGNORECASE)
    parts, last = [], 0
    for found in pattern.finditer(text):
        parts += [escape(text[last : found.start()]), Markup("<mark>%s</mark>") % found[0]]
        last = found.end()
    return Markup().join([*parts, escape(text[last:])])


def chosen_theme() -> str:
    """What `theme.js` remembers: `light`, `dark`, or nothing, which is what the system says."""
    theme = this_request().cookie(theme_cookie(settings()))
    return theme if theme in THEMES else ""


def theme_cookie(settings: Settings) -> str:
    """The name of the cookie in which it does."""
    return f"{settings.cookie_prefix}theme"


def here() -> str:
    """The path of this page, for what marks it in a menu; of addresses that are no page, none."""
    asked = this_request()
    return asked.path if asked.endpoint else ""


def nameplate(user: User | AnonymousUser | Nameplate | None) -> Nameplate | None:
    """What the bar at the top shows of them, if they are logged in; a nameplate is its own."""
    if not isinstance(user, User):
        return user if isinstance(user, Nameplate) else None
    role = user.role.name if user.role else ""
    return Nameplate(user.full_name(), user.initials(), user.email, role, index_for_role(user.role))


def tuples(menu: Iterable[Any]) -> tuple[Any, ...]:
    """The same menu, of lists, as a part can be told it."""
    return tuple(tuples(entry) if isinstance(entry, list | tuple) else entry for entry in menu)


def index_for_role(role: Role | None) -> str:
    """The address of the page that the members of a role land on; where there is no such page, everybody's."""
    endpoint = f"{role.index}.index" if role else "main.index"
    return address(endpoint if endpoint in current_app.view_functions else "main.index")


def left_flashes() -> list[tuple[str, str]]:
    """The messages that nothing on this page has shown yet, with their categories."""
    asked = this_request()
    if asked.flashes is None:
        asked.flashes = cast(list[tuple[str, str]], get_flashed_messages(with_categories=True))
    return asked.flashes


def take_flashes(*categories: str) -> list[str]:
    """Those of these categories, so that none is shown twice."""
    left = left_flashes()
    this_request().flashes = [(category, text) for category, text in left if category not in categories]
    return [text for category, text in left if category in categories]

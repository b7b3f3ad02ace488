"""Pages: Jinja without its asynchronous mode, which no template needs, since routes load everything first."""

import re
from datetime import datetime, timedelta
from typing import Any

from jinja2 import StrictUndefined
from markupsafe import Markup, escape
from quart import Quart, current_app, g, get_flashed_messages, request, url_for
from quart.templating import Environment

from app.accounts.models import Role
from app.pages.sanitising import sanitised
from app.settings import Settings
from app.web import inputs
from app.web.auth import current_user
from app.web.csrf import csrf_token

FOR_MACROS = (
    inputs.attributes,
    inputs.description_ids,
    inputs.first_error,
    inputs.is_hidden_field,
    inputs.kind_of,
    inputs.option_attributes,
    inputs.sends_files,
    inputs.with_style,
)


THEMES = {"light", "dark"}


class SynchronousEnvironment(Environment):
    """Quart's environment, whose asynchronous rendering costs a third of a page's time, put back to Jinja's default."""

    def __init__(self, app: Quart, **options: Any) -> None:
        super().__init__(app, **options)
        self.is_async = False


def init_app(app: Quart, settings: Settings) -> None:
    app.jinja_environment = SynchronousEnvironment
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters.update(duration=duration, moment=moment, highlight=highlight, sanitised=sanitised)
    app.jinja_env.globals.update(
        app_name=settings.app_name,
        chosen_theme=chosen_theme,
        theme_cookie=theme_cookie,
        csrf_token=csrf_token,
        index_for_role=index_for_role,
        take_flashes=take_flashes,
        in_development=settings.quart_config == "development",
        **{ask.__name__: ask for ask in FOR_MACROS},
    )


def render(template: str, **context: Any) -> str:
    """The page as text; every template sees `current_user` too."""
    return current_app.jinja_env.get_template(template).render(current_user=current_user(), **context)


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


def highlight(text: str, words: str) -> Markup:
    """The text, with what was searched for marked."""
    if not words.strip():
        return escape(text)
    pattern = re.compile("|".join(re.escape(word) for word in words.split()), re.IGNORECASE)
    parts, last = [], 0
    for found in pattern.finditer(text):
        parts += [escape(text[last : found.start()]), Markup("<mark>%s</mark>") % found[0]]
        last = found.end()
    return Markup().join([*parts, escape(text[last:])])


def chosen_theme() -> str:
    """What `theme.js` remembers: `light`, `dark`, or nothing, which is what the system says."""
    theme = request.cookies.get(theme_cookie(), "")
    return theme if theme in THEMES else ""


def theme_cookie() -> str:
    """The name of the cookie in which it does."""
    return f"{current_app.config['COOKIE_PREFIX']}theme"


def index_for_role(role: Role | None) -> str:
    """The address of the page that the members of a role land on; where there is no such page, everybody's."""
    endpoint = f"{role.index}.index" if role else "main.index"
    return url_for(endpoint if endpoint in current_app.view_functions else "main.index")


def take_flashes(*categories: str) -> list[str]:
    """The messages of these categories that nothing on this page has shown yet, so that none is shown twice."""
    if "flashes" not in g:
        g.flashes = get_flashed_messages(with_categories=True)
    taken = [text for category, text in g.flashes if category in categories]
    g.flashes = [(category, text) for category, text in g.flashes if category not in categories]
    return taken

"""Pages: Jinja without its asynchronous mode, which no template needs, since routes load everything first."""

from typing import Any

from jinja2 import StrictUndefined
from quart import Quart, current_app, url_for
from quart.templating import Environment

from app.pages.sanitising import sanitised
from app.settings import Settings
from app.web.auth import current_user
from app.web.csrf import csrf_token


class SynchronousEnvironment(Environment):
    """Quart's environment, whose asynchronous rendering costs a third of a page's time, put back to Jinja's default."""

    def __init__(self, app: Quart, **options: Any) -> None:
        super().__init__(app, **options)
        self.is_async = False


def init_app(app: Quart, settings: Settings) -> None:
    app.jinja_environment = SynchronousEnvironment
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters["sanitised"] = sanitised
    app.jinja_env.globals.update(
        app_name=settings.app_name,
        csrf_token=csrf_token,
        index_for_role=index_for_role,
        in_development=settings.quart_config == "development",
    )


def render(template: str, **context: Any) -> str:
    """The page as text; every template sees `current_user` too."""
    return current_app.jinja_env.get_template(template).render(current_user=current_user(), **context)


def index_for_role(role: Any) -> str:
    """The address of the page that the members of a role land on."""
    return url_for(f"{role.index}.index")

"""The names that we answer to: a forged one would turn up in redirects, and in caches."""

from urllib.parse import urlsplit

from quart import Quart, current_app, request
from werkzeug.exceptions import BadRequest

from app.settings import Settings
from app.web.auth import FOR_ANYBODY


class UnknownHost(BadRequest):
    """Somebody asked for a site of another name."""

    description = "There is no site of this name here."


def init_app(app: Quart, settings: Settings) -> None:
    app.config["OUR_HOSTS"] = {urlsplit(settings.base_url).hostname, *map(str.lower, settings.allowed_hosts)}
    app.before_request(_know)


async def _know() -> None:
    if _name(request.host) not in current_app.config["OUR_HOSTS"] and request.endpoint not in FOR_ANYBODY:
        raise UnknownHost


def _name(host: str) -> str:
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() else host.lower()  # an IPv6 address ends in a bracket

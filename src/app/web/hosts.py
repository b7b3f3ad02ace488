"""The names that we answer to: a forged one would turn up in redirects, and in caches."""

from urllib.parse import urlsplit

from quart import Quart
from werkzeug.exceptions import BadRequest

from app.settings import Settings
from app.web.auth import FOR_ANYBODY
from app.web.incoming import this_request


class UnknownHost(BadRequest):
    """Somebody asked for a site of another name."""

    description = "There is no site of this name here."


def init_app(app: Quart, settings: Settings) -> None:
    ours = {urlsplit(settings.base_url).hostname, *map(str.lower, settings.allowed_hosts)}

    @app.before_request
    async def know() -> None:
        asked = this_request()
        if _name(asked.host) not in ours and asked.endpoint not in FOR_ANYBODY:
            raise UnknownHost


def _name(host: str) -> str:
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() else host.lower()  # an IPv6 address ends in a bracket

"""How long a request's head may be: servers limit one that comes in pieces, but not one that comes at once."""

from itertools import chain
from typing import Any

from quart import Quart
from werkzeug.exceptions import RequestHeaderFieldsTooLarge

from app.settings import settings
from app.web.incoming import this_request


class HeadTooLong(RequestHeaderFieldsTooLarge):
    """Too many headers, or too long ones."""

    description = "The browser has sent too much about itself. Its cookies for this site are deleted; please try again."

    def get_headers(self, *_args: Any, **_options: Any) -> list[tuple[str, str]]:
        return [("Clear-Site-Data", '"cookies"')]  # else they would keep their owner out for good


def init_app(app: Quart) -> None:
    app.before_request(_refuse_long_ones)


async def _refuse_long_ones() -> None:
    headers, limits = list(this_request().scope["headers"]), settings()
    if len(headers) > limits.max_headers or sum(map(len, chain.from_iterable(headers))) > limits.max_headers_length:
        raise HeadTooLong

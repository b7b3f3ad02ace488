"""Only over TLS, once SSL_DISABLE is False: what was asked for in the clear is asked for again."""

from quart import Quart, redirect, request
from quart.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden

from app.settings import Settings
from app.web.auth import FOR_ANYBODY


class InTheClear(Forbidden):
    """A form came unencrypted; whatever was in it has been seen on the way."""

    description = "This form was sent without encryption. Open the page again with https:// and send it from there."


def init_app(app: Quart, settings: Settings) -> None:
    if not settings.ssl_disable:
        app.before_request(_insist)


async def _insist() -> ResponseReturnValue | None:
    if request.scheme == "https" or request.endpoint in FOR_ANYBODY:
        return None
    if request.method not in {"GET", "HEAD"}:
        raise InTheClear
    return redirect(request.url.replace("http://", "https://", 1), 301)

"""How long a request's body may be: a page that is edited is longer than any other form."""

from typing import Any

from quart import Quart
from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge

from app.settings import settings
from app.web import incoming
from app.web.auth import current_user, identify
from app.web.incoming import this_request

EDITORS = ("/admin/pages/", "/admin/_update_editor_contents")


class Request(incoming.Request):
    """Takes a longer body at an editor's address: Quart needs to know before it has found the route."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.path.startswith(EDITORS) and self.content_length is not None:
            self.max_content_length = self.max_form_memory_size = settings().editor_max_content_length
            self.body = self.body_class(self.content_length, self.max_content_length)


class UnknownLength(LengthRequired):
    """The body comes in chunks, whether a length is given besides or not."""

    def get_headers(self, *_args: Any, **_options: Any) -> list[tuple[str, str]]:
        # A proxy in front may see the body end elsewhere, and take what follows for somebody else's request.
        return [("Connection", "close")]


def init_app(app: Quart) -> None:
    app.request_class = Request
    app.before_request(_refuse_those_of_unknown_length)
    app.before_request(_refuse_long_ones_of_others)


async def _refuse_those_of_unknown_length() -> None:
    # In chunks, Quart would take one of any length.
    if b"transfer-encoding" in this_request().lines:
        raise UnknownLength


async def _refuse_long_ones_of_others() -> None:
    if (this_request().content_length or 0) <= settings().max_content_length:
        return
    await identify()
    if not current_user().is_admin():
        raise RequestEntityTooLarge

"""Cross-site request forgery: no unsafe request is served without this browser's token."""

from collections.abc import Callable
from hmac import compare_digest
from os import urandom
from typing import Any, TypeVar
from urllib.parse import urlsplit

from quart import Quart, current_app, request, session
from werkzeug.exceptions import BadRequest

from app.settings import settings
from app.web.incoming import this_request

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}  # RFC 9110, 9.2.1
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
SIZE = 32  # bytes

View = TypeVar("View", bound=Callable[..., Any])

_exempt: set[Callable[..., Any]] = set()


class ForgedRequest(BadRequest):
    """The token is missing or not this browser's, or another site sent the request."""

    description = "This form was not sent from one of our pages, or was open for too long."


def init_app(app: Quart) -> None:
    app.before_request(_protect)


def csrf_token() -> str:
    """This browser's token, masked anew for each response so that compression cannot leak it (BREACH)."""
    asked = this_request()
    if not asked.csrf_token:
        if "csrf" not in session:
            session["csrf"] = urandom(SIZE).hex()
        secret = bytes.fromhex(session["csrf"])
        mask = urandom(SIZE)
        asked.csrf_token = (mask + _xor(mask, secret)).hex()
    return asked.csrf_token


def exempt(view: View) -> View:
    """Serve this route without a token: for programs that show who they are by other means than a cookie."""
    _exempt.add(view)
    return view


async def _protect() -> None:
    asked = this_request()
    if asked.method in SAFE or asked.endpoint is None:
        return
    if current_app.view_functions.get(asked.endpoint) in _exempt:
        return
    if not _same_origin():
        raise ForgedRequest
    given = request.headers.get("X-CSRFToken")
    if given is None and request.mimetype in FORMS:
        given = (await request.form).get("csrf_token")
    if not _is_ours(given or ""):
        raise ForgedRequest


def _same_origin() -> bool:
    # Every current browser says where a request comes from; a program that says nothing still needs the token.
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in {"same-origin", "none"}
    if origin := request.headers.get("Origin"):
        return origin.partition("://")[2] in {request.host, urlsplit(settings().base_url).netloc}
    return True


def _is_ours(token: str) -> bool:
    try:
        given = bytes.fromhex(token)
        secret = bytes.fromhex(session.get("csrf", ""))
    except ValueError:
        return False
    if len(given) != 2 * SIZE or len(secret) != SIZE:
        return False
    return compare_digest(_xor(given[:SIZE], given[SIZE:]), secret)


def _xor(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left) ^ int.from_bytes(right)).to_bytes(SIZE)

"""Refusals and failures, turned into pages once, for every route."""

import errno
from typing import Any

import structlog
from quart import Quart, make_response, request
from quart.typing import ResponseReturnValue
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, NoResultFound, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import (
    BadRequest,
    Gone,
    HTTPException,
    InternalServerError,
    NotFound,
    ServiceUnavailable,
    default_exceptions,
)

from app import reporting
from app.accounts import links
from app.accounts.errors import InvalidLink, TooBusy
from app.web.incoming import ANONYMOUS, this_request
from app.web.templating import render

log = structlog.get_logger()

RETRY_AFTER = 5  # seconds

LOG_IN = ("account.login", "Log in")
ASK_AGAIN = ("account.reset_password_request", "Ask for another link")
NO_LINK = "The confirmation link is invalid or has expired."
GONE = {
    links.RESET: ("The password reset link is invalid or has expired.", ASK_AGAIN),
    links.INVITE: (f"{NO_LINK} If you have not joined yet, ask whoever invited you for another one.", LOG_IN),
}
OTHERS = (f"{NO_LINK} If it worked before, just log in. If not, ask for another one there.", LOG_IN)

# Classes of SQLSTATE (PostgreSQL, appendix A); asyncpg's errors come without the subclass that would tell.
SENSELESS = "22"  # data exception
AWAY = ("08", "40", "53", "55", "57", "58")  # connection, rollback, resources, state, operator, system

TITLES = {
    400: "That request cannot be answered",
    401: "Log in first",
    403: "Forbidden",
    404: "Page not found",
    405: "That cannot be done here",
    411: "How long is it?",
    410: "This link no longer works",
    413: "That is too much at once",
    429: "Too many requests",
    431: "That is too much at once",
    500: "Internal server error",
    503: "Back in a moment",
}
TEXTS = {
    400: "Something about it makes no sense to us.",
    403: "Your account has no permission to see this.",
    404: "Nothing stands at this address. Perhaps it has moved, or there is a slip in it.",
    405: "This address does not do what it was asked to.",
    411: "Please send it with its length (Content-Length).",
    413: "Please send less, or in several parts.",
    429: "Please wait a little, and try again.",
    500: "That is our fault, not yours. Please try again later.",
    503: "Something that we need is away. Please try again in a few seconds.",
}


def init_app(app: Quart) -> None:
    app.register_error_handler(HTTPException, _page)
    app.register_error_handler(Exception, _failure)
    app.register_error_handler(InvalidLink, _gone)
    for gone in (NoResultFound, StaleDataError):
        app.register_error_handler(gone, _not_found)
    app.register_error_handler(DBAPIError, _of_database)
    app.register_error_handler(OSError, _of_system)
    for error in (TooBusy, PoolTimeout, ConnectionError, TimeoutError):
        app.register_error_handler(error, _away)


async def _page(error: HTTPException, *, onwards: tuple[str, str] | None = None) -> ResponseReturnValue:
    code = error.code or InternalServerError.code
    title = TITLES.get(code, error.name)
    is_werkzeugs = code in default_exceptions and error.description == default_exceptions[code].description
    text = TEXTS.get(code, error.description) if is_werkzeugs else error.description
    page = await make_response(_rendered(code=code, title=title, text=text, onwards=onwards), code)
    for name, value in error.get_headers():
        if name != "Content-Type":  # Werkzeug's, of the text that the page takes the place of
            page.headers[name] = value
    return page


def _rendered(**context: Any) -> str:
    try:
        return render("errors/error.html", **context)
    except SQLAlchemyError:  # a write that fails expires what was loaded, with it the user whom the page would show
        this_request().user = ANONYMOUS
        return render("errors/error.html", **context)


async def _gone(error: InvalidLink) -> ResponseReturnValue:
    text, onwards = GONE.get(error.purpose, OTHERS)
    return await _page(Gone(text), onwards=onwards)


async def _not_found(_error: Exception) -> ResponseReturnValue:
    return await _page(NotFound())


async def _of_database(error: DBAPIError) -> ResponseReturnValue:
    state = getattr(error.orig, "sqlstate", None) or ""
    if isinstance(error, DataError) or state.startswith(SENSELESS):
        return await _page(BadRequest())
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated or state.startswith(AWAY):
        return await _away(error)
    return await _failure(error)


async def _of_system(error: OSError) -> ResponseReturnValue:
    if error.errno == errno.ENAMETOOLONG:  # of a file in static/
        return await _page(NotFound())
    return await _failure(error)


async def _away(error: Exception) -> ResponseReturnValue:
    log.warning("service.unavailable", reason=repr(error))
    return await _page(ServiceUnavailable(retry_after=RETRY_AFTER))


async def _failure(error: Exception) -> ResponseReturnValue:
    log.exception("request.failed", endpoint=request.endpoint)
    await reporting.tell(error)
    return await _page(InternalServerError(original_exception=error))

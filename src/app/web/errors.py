"""Refusals and failures, turned into pages once, for every route."""

import structlog
from quart import Quart, make_response, request
from quart.typing import ResponseReturnValue
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError, ServiceUnavailable

from app import reporting
from app.accounts.errors import InvalidLink, TooBusy
from app.web.templating import render

log = structlog.get_logger()

RETRY_AFTER = 5  # seconds

TITLES = {
    400: "That request cannot be answered",
    401: "Log in first",
    403: "Forbidden",
    404: "Page not found",
    405: "That cannot be done here",
    410: "This link no longer works",
    413: "That is too much at once",
    429: "Too many requests",
    500: "Internal server error",
    503: "Back in a moment",
}


class LinkGone(HTTPException):
    code = 410
    description = "The confirmation link is invalid or has expired."


def init_app(app: Quart) -> None:
    app.register_error_handler(HTTPException, _page)
    app.register_error_handler(Exception, _failure)
    for error in (
        InvalidLink,
        TooBusy,
        DataError,
        OperationalError,
        InterfaceError,
        PoolTimeout,
        ConnectionError,
        TimeoutError,
    ):
        app.register_error_handler(error, _translated)


async def _page(error: HTTPException) -> ResponseReturnValue:
    code = error.code or InternalServerError.code
    title = TITLES.get(code, error.name)
    page = await make_response(render("errors/error.html", code=code, title=title, text=error.description), code)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            page.headers[name] = value
    return page


async def _translated(error: Exception) -> ResponseReturnValue:
    if isinstance(error, InvalidLink):
        return await _page(LinkGone())
    if isinstance(error, DataError):
        return await _page(BadRequest())
    log.warning("service.unavailable", reason=repr(error))
    return await _page(ServiceUnavailable(retry_after=RETRY_AFTER))


async def _failure(error: Exception) -> ResponseReturnValue:
    log.exception("request.failed", path=request.endpoint)
    await reporting.tell(error)
    return await _page(InternalServerError(original_exception=error))

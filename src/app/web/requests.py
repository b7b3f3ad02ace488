"""One log line a request, and one id for everything that is logged on the way."""

import random
import re
from time import perf_counter
from typing import Any, cast

import structlog
from quart import Quart, Request, Response, g, request

from app.web.auth import FOR_ANYBODY, current_user

log = structlog.get_logger()

LONGEST_METHOD = 20  # characters; HTTP knows none of more than 17
ID = re.compile(r"[\w-]{8,64}", re.ASCII)


def init_app(app: Quart) -> None:
    app.before_request(_begin)
    app.after_request(_end)


async def _begin() -> None:
    g.started = perf_counter()
    given = request.headers.get("X-Request-ID", "")  # a PaaS's router gives one; a stranger's must not reach the log
    request_id = given if ID.fullmatch(given) else f"{random.getrandbits(64):016x}"
    structlog.contextvars.bind_contextvars(request_id=request_id)


async def _end(response: Response) -> Response:
    asked: Request = cast(Any, request)._get_current_object()  # once: the proxy looks for it each time
    if asked.endpoint not in FOR_ANYBODY:
        log.info(
            "request",
            method=asked.method[:LONGEST_METHOD],
            route=str(asked.url_rule or ""),  # not the path, in which a link's secret stands
            status=response.status_code,
            ms=round((perf_counter() - g.started) * 1000, 1),
            ip=asked.remote_addr,
            user_id=getattr(current_user(), "id", None),
        )
    return response

"""One log line a request, and one id for everything that is logged on the way."""

import random
import re
from time import perf_counter

import structlog
from quart import Quart, Response

from app.web.auth import FOR_ANYBODY, current_user
from app.web.incoming import this_request

log = structlog.get_logger()

LONGEST_METHOD = 20  # characters; HTTP knows none of more than 17
ID = re.compile(rb"[\w-]{8,64}")


def init_app(app: Quart) -> None:
    app.before_request(_begin)
    app.after_request(_end)


async def _begin() -> None:
    asked = this_request()
    asked.started = perf_counter()
    given = asked.lines.get(b"x-request-id", b"")  # by a PaaS's router; a stranger's must not reach the log
    request_id = given.decode() if ID.fullmatch(given) else f"{random.getrandbits(64):016x}"
    structlog.contextvars.bind_contextvars(request_id=request_id)


async def _end(response: Response) -> Response:
    asked = this_request()
    if asked.endpoint not in FOR_ANYBODY:
        log.info(
            "request",
            method=asked.method[:LONGEST_METHOD],
            route=asked.route,  # not the path, in which a link's secret stands
            status=response.status_code,
            ms=round((perf_counter() - asked.started) * 1000, 1),
            ip=asked.remote_addr,
            user_id=getattr(current_user(), "id", None),
        )
    return response

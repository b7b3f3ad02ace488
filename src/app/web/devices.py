"""A browser that somebody has logged in with is known again by a random cookie, which lets nobody in."""

import re
import secrets
from typing import Any

from quart import after_this_request

from app.settings import settings
from app.web.incoming import this_request

SIZE = 32  # bytes
OURS = re.compile("[A-Za-z0-9_-]{43}")  # which they are in Base64


def device() -> str:
    """What marks this browser; a new one if it has none, or one that is not ours."""
    given = this_request().cookie(_cookie())
    return given if OURS.fullmatch(given) else secrets.token_urlsafe(SIZE)


def mark(device: str) -> None:
    """Have the browser say so next time, for as long as the audit trail remembers."""

    @after_this_request
    async def _mark(response: Any) -> Any:
        response.set_cookie(
            _cookie(),
            device,
            max_age=settings().audit_retention,
            secure=not settings().ssl_disable,
            httponly=True,
            samesite="Lax",
        )
        return response


def _cookie() -> str:
    return f"{settings().cookie_prefix}device"

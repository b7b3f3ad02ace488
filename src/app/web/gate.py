"""In front of Quart: what it would fail on before any of our handlers could answer for it."""

import re
from typing import Any
from urllib.parse import urlsplit

from quart import Quart

LABEL = rb"[a-z0-9_-]{1,63}"
HOST = re.compile(rb"(?:%b(?:\.%b)*\.?|\[[0-9a-f:.]+\])(?::\d{1,5})?" % (LABEL, LABEL), re.IGNORECASE)
NOWHERE = b"invalid"  # a name that nobody has (RFC 2606)


def init_app(app: Quart) -> None:
    """Put the gate in front of the application."""
    behind = app.asgi_app

    async def gate(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":  # there are none, and Quart's errors are pages
            await send({"type": "websocket.close", "code": 1000})
        elif scope["type"] == "http":
            # Nothing here is so large that parts of it are worth asking for, and Quart fails on `bytes=-5`.
            headers = [_harmless(name, value) for name, value in scope["headers"] if name != b"range"]
            await behind(scope | {"headers": headers, "path": _path(scope["path"])}, receive, send)
        else:
            await behind(scope, receive, send)

    app.asgi_app = gate  # type: ignore[method-assign]


def _harmless(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    # Routing decodes the host name, and fails on one that is none.
    return name, NOWHERE if name == b"host" and not HOST.fullmatch(value) else value


def _path(target: str) -> str:
    if target.startswith("/"):
        return target
    try:
        return urlsplit(target).path or "/"  # a whole address, as a proxy is sent it
    except ValueError:
        return "/"

"""In front of Quart: who is asking, behind proxies, and what it would fail on before a handler could answer for it."""

import re
from contextlib import suppress
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from quart import Quart

from app.settings import Settings

LABEL = rb"[a-z0-9_-]{1,63}"
HOST = re.compile(rb"(?:%b(?:\.%b)*\.?|\[[0-9a-f:.]+\])(?::\d{1,5})?" % (LABEL, LABEL), re.IGNORECASE)
NOWHERE = b"invalid"  # a name that nobody has (RFC 2606)


def init_app(app: Quart, settings: Settings) -> None:
    """Put the gate in front of the application."""
    behind = app.asgi_app

    async def gate(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":  # there are none, and Quart's errors are pages
            await send({"type": "websocket.close", "code": 1000})
        elif scope["type"] == "http":
            told = _told_by_proxies(scope["headers"], settings.trusted_hops)
            # Nothing here is so large that parts of it are worth asking for, and Quart fails on `bytes=-5`.
            headers = [_harmless(name, value) for name, value in scope["headers"] if name != b"range"]
            await behind(scope | told | {"headers": headers, "path": _path(scope["path"])}, receive, send)
        else:
            await behind(scope, receive, send)

    app.asgi_app = gate  # type: ignore[method-assign]


def _told_by_proxies(headers: list[tuple[bytes, bytes]], hops: int) -> dict[str, Any]:
    """What the outermost proxy of ours saw; what stands before its word, anybody may have written."""
    told: dict[str, Any] = {}
    if not hops:
        return told
    with suppress(ValueError):  # when there is none, or what it says is no address
        told["client"] = (str(ip_address(_word(headers, b"x-forwarded-for", hops))), 0)
    if (scheme := _word(headers, b"x-forwarded-proto", hops)) in {"http", "https"}:
        told["scheme"] = scheme
    return told


def _word(headers: list[tuple[bytes, bytes]], name: bytes, hops: int) -> str:
    # Of several lines, a router adds its word to the first one.
    line = next((value for key, value in headers if key == name), b"")
    words = line.decode("latin-1").split(",")
    return words[-hops].strip() if len(words) >= hops else ""


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

"""Compressed answers, pages and files alike: zstd, brotli or gzip, whichever the browser takes."""

from typing import Any

from quart import Quart
from starlette_compress import CompressMiddleware


def init_app(app: Quart) -> None:
    """Compress what is long enough; a stream of events leaves event by event."""
    compressed = CompressMiddleware(InOnePiece(app.asgi_app))

    async def complete(scope: Any, receive: Any, send: Any) -> None:
        # Quart's test client insists on a key that ASGI lets a last piece leave out.
        await compressed(scope, receive, lambda message: send({"more_body": False, **message}))

    app.asgi_app = complete  # type: ignore[method-assign]


class InOnePiece:
    """Ends a body where its announced length ends: Quart adds an empty piece, with which no body would seem short."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        missing: int | None = None

        async def shortened(message: Any) -> None:
            nonlocal missing
            if message["type"] == "http.response.start":
                missing = int(dict(message["headers"]).get(b"content-length", 0)) or None
            elif missing is not None and message["type"] == "http.response.body":
                if missing == 0:
                    return
                missing -= len(message.get("body", b""))
                message = message | {"more_body": missing > 0 and message.get("more_body", False)}
            await send(message)

        await self._app(scope, receive, shortened)

"""Compressed answers, pages and files alike: zstd, brotli or gzip, whichever the browser takes."""

from typing import Any

from quart import Quart
from starlette_compress import CompressMiddleware


def init_app(app: Quart) -> None:
    """Compress what is long enough; a stream of events leaves event by event."""
    behind: Any = app.asgi_app
    compressed = CompressMiddleware(behind)

    async def complete(scope: Any, receive: Any, send: Any) -> None:
        # Quart's test client insists on a key that ASGI lets a last piece leave out.
        await compressed(scope, receive, lambda message: send({"more_body": False, **message}))

    app.asgi_app = complete  # type: ignore[method-assign]

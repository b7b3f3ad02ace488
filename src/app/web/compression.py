"""Compressed answers, pages and files alike: zstd, brotli or gzip, whichever the browser takes."""

from typing import Any

from quart import Quart
from quart.asgi import ASGIHTTPConnection
from starlette_compress import CompressMiddleware


def init_app(app: Quart) -> None:
    """Compress what is long enough; a stream of events leaves event by event."""
    app.asgi_http_class = InOnePiece
    behind: Any = app.asgi_app
    compressed = CompressMiddleware(behind)

    async def complete(scope: Any, receive: Any, send: Any) -> None:
        # Quart's test client insists on a key that ASGI lets a last piece leave out.
        await compressed(scope, receive, lambda message: send({"more_body": False, **message}))

    app.asgi_app = complete  # type: ignore[method-assign]


class InOnePiece(ASGIHTTPConnection):
    """Ends a body where its announced length ends: Quart adds an empty piece, with which no body would seem short."""

    async def _send_response(self, send: Any, response: Any) -> None:
        missing = response.content_length or None

        async def shortened(message: Any) -> None:
            nonlocal missing
            if missing is not None and message["type"] == "http.response.body":
                if missing <= 0:
                    return
                missing -= len(message["body"])
                message["more_body"] = missing > 0 and message["more_body"]
            await send(message)

        await super()._send_response(shortened, response)

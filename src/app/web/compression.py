"""Compressed answers, pages and files alike: zstd, brotli or gzip, whichever the browser takes."""

from typing import Any

from quart import Quart, Response
from quart.asgi import ASGIHTTPConnection
from quart.utils import encode_headers
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
        if not isinstance(response, Response):
            await super()._send_response(send, response)
            return
        headers = encode_headers(response.headers)
        await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
        missing, ended = response.content_length, False
        async with response.response as pieces:
            async for piece in pieces:
                body = piece.encode() if isinstance(piece, str) else piece
                missing = None if missing is None else missing - len(body)
                ended = missing == 0
                await send({"type": "http.response.body", "body": body, "more_body": not ended})
        if not ended:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

"""A hello, on the application's own server setting: what Hypercorn, and Quart on it, leave for a page to use.

The argument says which: `quart`, `asgi`, or `canned` for an answer that nobody has to think about.
"""

import asyncio
import sys
from typing import Any, cast

import uvloop
from quart import Quart

from app.serve import serve
from app.settings import settings

CANNED = b"HTTP/1.1 200 \r\ncontent-type: text/plain\r\ncontent-length: 5\r\n\r\nhello"


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    """The least that an ASGI server can be asked to serve."""
    if scope["type"] == "lifespan":
        for state in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{state}.complete"})
        return
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


def quart() -> Quart:
    """The least that Quart can be asked to serve."""
    app = Quart(__name__)

    @app.get("/")
    async def index() -> str:
        return "hello"

    return app


class Canned(asyncio.Protocol):
    """Says hello before it has read what was asked: whatever limits its rate is the client."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, _data: bytes) -> None:
        self._transport.write(CANNED)


async def canned() -> None:
    """Serve the canned answer until SIGTERM."""
    server = await asyncio.get_running_loop().create_server(Canned, settings().host, settings().port)
    await server.serve_forever()


if __name__ == "__main__":
    match sys.argv[1]:
        case "canned":
            uvloop.run(canned())
        case "asgi":
            bare = Quart(__name__)
            bare.asgi_app = asgi  # type: ignore[method-assign]
            serve(bare)
        case "quart":
            serve(quart())

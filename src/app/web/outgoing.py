"""The answer that goes out: in one piece where it can, and with what all of them tell the browser."""

import asyncio
from typing import Any

from quart import Response as QuartResponse
from quart.asgi import ASGIHTTPConnection
from quart.utils import encode_headers
from quart.wrappers.response import DataBody

HTML = "text/html; charset=utf-8"
BODILESS = {"GET", "HEAD"}  # unless they say otherwise
OF_BODIES = {b"content-length", b"transfer-encoding"}
SOON = 0.5  # seconds in which most answers are there; what takes longer ends with whoever asked for it


class Response(QuartResponse):
    """A page, if nothing else is said; Werkzeug's looks for what it is among headers that it has not."""

    def __init__(
        self,
        response: Any = None,
        status: int | None = None,
        headers: Any = None,
        mimetype: str | None = None,
        content_type: str | None = None,
    ) -> None:
        if headers is None and mimetype is None and content_type is None:
            content_type = HTML
        super().__init__(response, status, headers, mimetype, content_type)


class Outgoing(ASGIHTTPConnection):
    """Answers what has no body in the task that there is, and ends a body where its announced length ends.

    Quart makes two tasks for each request, which is a tenth of a page's time, and adds an empty piece to each body,
    with which none would seem short.
    """

    async def __call__(self, receive: Any, send: Any) -> None:
        if self.scope["method"] not in BODILESS or any(name in OF_BODIES for name, _ in self.scope["headers"]):
            await super().__call__(receive, send)
            return
        request = self._create_request_from_scope(send)
        request.body.set_complete()
        watch = _Watch(receive)
        try:
            await self.handle_request(request, send)
        except asyncio.CancelledError:
            if not watch.has_seen_them_leave:
                raise
        finally:
            watch.end()

    async def _send_response(self, send: Any, response: Any) -> None:
        if not isinstance(body := response.response, DataBody):
            await super()._send_response(self._ended(send, response.content_length or None), response)
            return
        headers = self._with_fixed(encode_headers(response.headers))
        await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
        piece = body.data[body.begin : body.end]
        await send({"type": "http.response.body", "body": piece, "more_body": False})

    def _ended(self, send: Any, missing: int | None) -> Any:
        async def ended(message: Any) -> None:
            nonlocal missing
            if message["type"] == "http.response.start":
                message["headers"] = self._with_fixed(message["headers"])
            elif missing is not None:
                if missing <= 0:
                    return
                missing -= len(message["body"])
                message["more_body"] = missing > 0 and message["more_body"]
            await send(message)

        return ended

    def _with_fixed(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        said = {name for name, _ in headers}
        return headers + [header for header in self.app.extensions["fixed_headers"] if header[0] not in said]


class _Watch:
    """Breaks off an answer that takes long when its client leaves, as Quart does from the beginning."""

    def __init__(self, receive: Any) -> None:
        self.has_seen_them_leave = False
        self._receive, self._answering = receive, asyncio.current_task()
        self._timer = asyncio.get_running_loop().call_later(SOON, self._begin)
        self._watching: asyncio.Task[None] | None = None

    def end(self) -> None:
        self._timer.cancel()
        if self._watching:
            self._watching.cancel()

    def _begin(self) -> None:
        self._watching = asyncio.create_task(self._until_left())

    async def _until_left(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.has_seen_them_leave = True
        if self._answering:
            self._answering.cancel()

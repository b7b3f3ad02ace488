"""The answer that goes out: in one piece where it can, and with what all of them tell the browser."""

from typing import Any

from quart import Response as QuartResponse
from quart.asgi import ASGIHTTPConnection
from quart.utils import encode_headers
from quart.wrappers.response import DataBody

HTML = "text/html; charset=utf-8"


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
    """Ends a body where its announced length ends: Quart adds an empty piece, with which no body would seem short."""

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

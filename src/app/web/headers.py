"""What every response tells the browser to be strict about, errors and redirects too."""

from typing import Any

from quart import Quart, Response, request

from app.settings import Settings
from app.web.auth import current_user

# Everything comes from here; only pictures in pages that administrators write may come from elsewhere, over TLS.
POLICY = {
    "default-src": "'self'",
    "img-src": "'self' https:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
FIXED = {
    "Content-Security-Policy": "; ".join(f"{directive} {sources}" for directive, sources in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # the address of a page can hold a link's secret
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
PERSONAL = {"account", "admin"}


def init_app(app: Quart, settings: Settings) -> None:
    """Say it to everybody, whatever they asked for; a page may have said something stricter."""
    hsts = {} if settings.ssl_disable else {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
    fixed = [(name.lower().encode(), value.encode()) for name, value in (FIXED | hsts).items()]
    behind = app.asgi_app

    async def strict(scope: Any, receive: Any, send: Any) -> None:
        async def say(message: Any) -> None:
            if message["type"] == "http.response.start":
                said = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(header for header in fixed if header[0] not in said)]
            await send(message)

        await behind(scope, receive, say)

    app.asgi_app = strict  # type: ignore[method-assign]
    app.after_request(_keep_apart)


async def _keep_apart(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.add("Vary", "Cookie")  # who somebody is, and which colours they like
    if current_user().is_authenticated or request.blueprint in PERSONAL:
        response.headers["Cache-Control"] = "no-store"  # nor does the next one at this computer see it
    return response

"""What every response tells the browser to be strict about, errors and redirects too."""

from quart import Quart

from app.settings import Settings
from app.web.auth import current_user
from app.web.incoming import this_request
from app.web.outgoing import Outgoing, Response

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
    app.extensions["fixed_headers"] = fixed
    app.asgi_http_class, app.response_class = Outgoing, Response
    app.after_request(_keep_apart)


async def _keep_apart(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.add("Vary", "Cookie")  # who somebody is, and which colours they like
    if current_user().is_authenticated or this_request().blueprint in PERSONAL:
        response.headers["Cache-Control"] = "no-store"  # nor does the next one at this computer see it
    return response

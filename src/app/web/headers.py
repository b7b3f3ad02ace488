"""What every response tells the browser to be strict about, errors and redirects too."""

from quart import Quart, Response, current_app, request

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
    hsts = {} if settings.ssl_disable else {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
    app.config["HEADERS"] = FIXED | hsts
    app.after_request(_add)


async def _add(response: Response) -> Response:
    for name, value in current_app.config["HEADERS"].items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        response.vary.add("Cookie")  # who somebody is, and which colours they like
    if current_user().is_authenticated or request.blueprint in PERSONAL:
        response.headers["Cache-Control"] = "no-store"  # nor does the next one at this computer see it
    return response

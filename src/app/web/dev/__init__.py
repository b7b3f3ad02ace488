"""Development only: the mail that the application sent, as its readers see it, and pages that reload by themselves."""

from quart import Blueprint

dev = Blueprint("dev", __name__, url_prefix="/dev")

from app.web.dev import reloading, views  # noqa: E402, F401 (the routes register on the blueprint above)

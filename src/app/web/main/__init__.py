"""The pages for everybody."""

from quart import Blueprint

main = Blueprint("main", __name__)

from app.web.main import health, metrics, views, well_known  # noqa: E402, F401 (the routes register on the blueprint above)

"""What administrators see."""

from quart import Blueprint

admin = Blueprint("admin", __name__, url_prefix="/admin")

from app.web.admin import page_views, views  # noqa: E402, F401 (the routes register on the blueprint above)

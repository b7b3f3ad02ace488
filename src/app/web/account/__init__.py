"""Everything that people do with their own account."""

from quart import Blueprint

account = Blueprint("account", __name__, url_prefix="/account")

from app.web.account import views  # noqa: E402, F401 (the routes register on the blueprint above)

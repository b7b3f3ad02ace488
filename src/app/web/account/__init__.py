"""Everything that people do with their own account."""

from quart import Blueprint

account = Blueprint("account", __name__, url_prefix="/account")

from app.web.account import activity, join, login, manage, reauthenticate, register, reset  # noqa: E402, F401 (routes register on the above)

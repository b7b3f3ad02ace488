"""What administrators do: people, invitations, roles, pages, jobs, mail and the audit trail."""

from quart import Blueprint

admin = Blueprint("admin", __name__, url_prefix="/admin")

from app.web.admin import (  # noqa: E402, F401 (the routes register on the above)
    audit,
    invitations,
    jobs,
    live,
    mail,
    page_views,
    refusals,
    roles,
    user,
    views,
)

"""The administrator's dashboard."""

from app.accounts import users
from app.database import session
from app.mail import outbox
from app.web.admin import admin
from app.web.guards import admin_required
from app.web.templating import render


@admin.get("/")
@admin_required
async def index() -> str:
    """Show how many people have accounts, and whether mail is waiting."""
    return render(
        "admin/index.html",
        registered=await users.count(session()),
        waiting=await outbox.count_waiting(session()),
    )

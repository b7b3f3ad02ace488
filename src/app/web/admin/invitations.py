"""Who was invited and has not joined yet."""

from quart import flash, redirect, url_for
from quart.typing import ResponseReturnValue

from app.accounts import invitations
from app.database import session, transaction
from app.web import throttling
from app.web.admin import admin
from app.web.guards import admin_required
from app.web.sudo import recently_authenticated
from app.web.templating import render
from app.web.throttling import throttled


@admin.get("/invitations")
@admin_required
async def list_invitations() -> str:
    """List them, newest first."""
    return render("admin/invitations.html", invited=await invitations.pending(session()))


@admin.post("/invitations/<int:user_id>/resend")
@admin_required
@recently_authenticated
@throttled("admin_mails", by=throttling.member)
async def resend_invitation(user_id: int) -> ResponseReturnValue:
    """Send another link; those sent before no longer work."""
    async with transaction() as db:
        user = await invitations.get(db, user_id)
        await invitations.send_link(db, user)
    await flash(f"User {user.full_name()} was sent another invitation.", "success")
    return redirect(url_for("admin.list_invitations"))


@admin.post("/invitations/<int:user_id>/revoke")
@admin_required
@recently_authenticated
async def revoke_invitation(user_id: int) -> ResponseReturnValue:
    """Take the invitation back, and forget the invited."""
    async with transaction() as db:
        user = await invitations.get(db, user_id)
        await invitations.revoke(db, user)
    await flash(f"The invitation of {user.full_name()} was taken back.", "success")
    return redirect(url_for("admin.list_invitations"))

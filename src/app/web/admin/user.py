"""One user: look, change, keep out, remove."""

from collections.abc import Awaitable, Callable

from quart import flash, redirect, url_for
from quart.typing import ResponseReturnValue
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import email_changes, passwords, roles, sessions, users
from app.accounts.errors import EmailTaken
from app.accounts.models import Role, User
from app.database import session, transaction
from app.web import throttling
from app.web.admin import admin
from app.web.admin.forms import ChangeAccountTypeForm, ChangeUserEmailForm, DeleteUserForm
from app.web.auth import signed_in_user
from app.web.guards import admin_required
from app.web.sudo import recently_authenticated
from app.web.templating import render
from app.web.throttling import throttled


@admin.get("/user/<int:user_id>/info")
@admin.get("/user/<int:user_id>")
@admin_required
async def user_info(user_id: int) -> str:
    """Show what is known about the user."""
    user = await users.get(session(), user_id)
    return render("admin/manage_user.html", user=user, sessions=await sessions.of_user(session(), user))


@admin.route("/user/<int:user_id>/change-email", methods=["GET", "POST"])
@admin_required
@recently_authenticated
async def change_user_email(user_id: int) -> ResponseReturnValue:
    """Change the user's address; they confirm the new one, and the former one is told."""
    if user_id == signed_in_user().id:  # a slip of the pen would lock them out; there, the new address answers first
        return redirect(url_for("account.change_email_request"))
    user = await users.get(session(), user_id)
    form = await ChangeUserEmailForm.from_request()
    if await form.validate_on_submit():
        try:
            async with transaction() as db:
                await email_changes.impose(db, user, email=form.email.data)
        except EmailTaken:
            form.email.errors = ["Email already registered."]
        else:
            await flash(f"Email for user {user.full_name()} successfully changed to {form.email.data}.", "success")
            return redirect(url_for("admin.user_info", user_id=user_id))
    return form.page("admin/change_user_email.html", user=user)


@admin.route("/user/<int:user_id>/change-account-type", methods=["GET", "POST"])
@admin_required
@recently_authenticated
async def change_account_type(user_id: int) -> ResponseReturnValue:
    """Give the user another role."""
    user = await users.get(session(), user_id)
    users.refuse_own(user, by=signed_in_user())  # before the form is filled in for nothing
    form = await ChangeAccountTypeForm.from_request(role=user.role_id)
    form.role.offer(await roles.all_roles(session()))
    if await form.validate_on_submit():
        async with transaction() as db:
            role = await db.get_one(Role, form.role.data)
            await users.change_role(db, user, role=role, by=signed_in_user())
        await flash(f"Role for user {user.full_name()} successfully changed to {role.name}.", "success")
        return redirect(url_for("admin.user_info", user_id=user_id))
    return form.page("admin/change_account_type.html", user=user)


@admin.route("/user/<int:user_id>/delete", methods=["GET", "POST"], endpoint="delete_user_request")
@admin.post("/user/<int:user_id>/_delete")
@admin_required
@recently_authenticated
async def delete_user(user_id: int) -> ResponseReturnValue:
    """Ask whether to remove the user, and do."""
    user = await users.get(session(), user_id)
    users.refuse_own(user, by=signed_in_user())
    form = await DeleteUserForm.from_request()
    if await form.validate_on_submit():
        async with transaction() as db:
            await users.delete(db, user, by=signed_in_user())
        await flash(f"Successfully deleted user {user.full_name()}.", "success")
        return redirect(url_for("admin.registered_users"))
    return form.page("admin/delete_user.html", user=user)


@admin.post("/user/<int:user_id>/deactivate")
@admin_required
@recently_authenticated
async def deactivate_user(user_id: int) -> ResponseReturnValue:
    """Keep the user out, from their next request on."""
    return await _change(user_id, lambda db, user: users.deactivate(db, user, by=signed_in_user()), "deactivated")


@admin.post("/user/<int:user_id>/activate")
@admin_required
@recently_authenticated
async def activate_user(user_id: int) -> ResponseReturnValue:
    """Let a deactivated user in again."""
    return await _change(user_id, users.activate, "activated")


@admin.post("/user/<int:user_id>/send-reset")
@admin_required
@recently_authenticated
@throttled("admin_mails", by=throttling.member)
async def send_reset(user_id: int) -> ResponseReturnValue:
    """Send the user a link to choose another password."""
    return await _change(user_id, passwords.send_reset, "sent a link to choose another password")


@admin.post("/user/<int:user_id>/end-sessions")
@admin_required
@recently_authenticated
async def end_user_sessions(user_id: int) -> ResponseReturnValue:
    """Log the user out everywhere."""
    return await _change(user_id, sessions.log_out_everywhere, "logged out everywhere")


async def _change(
    user_id: int, change: Callable[[AsyncSession, User], Awaitable[None]], done: str
) -> ResponseReturnValue:
    async with transaction() as db:
        user = await users.get(db, user_id)
        await change(db, user)
    await flash(f"User {user.full_name()} was {done}.", "success")
    return redirect(url_for("admin.user_info", user_id=user_id))

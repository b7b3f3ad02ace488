"""What an administrator is told when the domain refuses."""

from quart import flash, redirect, request, url_for
from quart.typing import ResponseReturnValue

from app.accounts.errors import BuiltInRole, Deactivated, LastAdministrator, OwnAccount, Refused, RoleInUse
from app.accounts.models import User
from app.audit import Action
from app.database import session
from app.web.admin import admin
from app.web.trail import refused

ASK_ANOTHER = "Please ask another administrator to do this."
OWN = {
    "admin.change_account_type": f"You cannot change the type of your own account. {ASK_ANOTHER}",
    "admin.deactivate_user": f"You cannot deactivate your own account. {ASK_ANOTHER}",
}
ATTEMPTED = {
    "admin.change_account_type": Action.CHANGE_USER_ROLE,
    "admin.deactivate_user": Action.DEACTIVATE,
    "admin.delete_user": Action.DELETE_USER,
    "admin.delete_user_request": Action.DELETE_USER,
    "admin.send_reset": Action.ASK_TO_RESET,
    "admin.resend_invitation": Action.INVITE,
    "admin.change_role": Action.CHANGE_ROLE,
    "admin.delete_role": Action.DELETE_ROLE,
}
TEXTS: dict[type[Refused], str] = {
    OwnAccount: f"You cannot delete your own account. {ASK_ANOTHER}",
    LastAdministrator: "That would leave nobody who can administer.",
    Deactivated: "No link would let them in. Activate the account first.",
    BuiltInRole: "This role is defined in the code; change it there.",
    RoleInUse: "This role still has members. Give them another one first.",
}


@admin.errorhandler(OwnAccount)
@admin.errorhandler(LastAdministrator)
@admin.errorhandler(Deactivated)
@admin.errorhandler(BuiltInRole)
@admin.errorhandler(RoleInUse)
async def refuse(refusal: Refused) -> ResponseReturnValue:
    """Say why, on the page that it was asked from."""
    text, endpoint = TEXTS[type(refusal)], request.endpoint or ""
    if isinstance(refusal, OwnAccount):
        text = OWN.get(endpoint, text)
    user_id = (request.view_args or {}).get("user_id")
    if request.method == "POST":
        person = await session().get(User, user_id) if user_id else None
        await refused(ATTEMPTED[endpoint], person, details=text)
    await flash(text, "error")
    if user_id:
        return redirect(url_for("admin.user_info", user_id=user_id))
    return redirect(url_for("admin.list_roles"))

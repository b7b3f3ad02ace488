"""The roles, and what each may do."""

from functools import reduce
from operator import or_
from typing import Any

from quart import flash, redirect, url_for
from quart.typing import ResponseReturnValue

from app.accounts import roles
from app.accounts.errors import RoleTaken
from app.accounts.models import Permission, Role
from app.database import session, transaction
from app.web.admin import admin
from app.web.admin.forms import RoleForm
from app.web.guards import admin_required
from app.web.sudo import recently_authenticated
from app.web.templating import render


@admin.get("/roles")
@admin_required
async def list_roles() -> str:
    """List the roles with their permissions and the number of their members."""
    return render(
        "admin/roles.html", roles=await roles.with_members(session()), permissions=Permission.__members__.values()
    )


@admin.route("/roles/new", methods=["GET", "POST"])
@admin_required
@recently_authenticated
async def new_role() -> ResponseReturnValue:
    """Make a role."""
    form = await RoleForm.from_request()
    if await form.validate_on_submit():
        try:
            async with transaction() as db:
                role = await roles.make(db, **_details(form))
        except RoleTaken:
            form.name.errors = ["There is a role of this name."]
        else:
            await flash(f"Role {role.name} successfully created.", "success")
            return redirect(url_for("admin.list_roles"))
    return form.page("admin/role.html", role=None)


@admin.route("/roles/<int:role_id>", methods=["GET", "POST"])
@admin_required
@recently_authenticated
async def change_role(role_id: int) -> ResponseReturnValue:
    """Change what a role is called and allows."""
    role = await session().get_one(Role, role_id)
    granted = [permission.value for permission in Permission.__members__.values() if role.has(permission)]
    form = await RoleForm.from_request(name=role.name, permissions=granted, index=role.index)
    if await form.validate_on_submit():
        try:
            async with transaction() as db:
                await roles.change(db, role, **_details(form))
        except RoleTaken:
            form.name.errors = ["There is a role of this name."]
        else:
            await flash(f"Role {form.name.data} successfully changed.", "success")
            return redirect(url_for("admin.list_roles"))
    return form.page("admin/role.html", role=role)


@admin.post("/roles/<int:role_id>/delete")
@admin_required
@recently_authenticated
async def delete_role(role_id: int) -> ResponseReturnValue:
    """Remove a role that nobody has."""
    async with transaction() as db:
        role = await db.get_one(Role, role_id)
        await roles.delete(db, role)
    await flash(f"Role {role.name} successfully deleted.", "success")
    return redirect(url_for("admin.list_roles"))


def _details(form: RoleForm) -> dict[str, Any]:
    permissions = reduce(or_, form.permissions.data, 0)
    return {"name": form.name.data, "permissions": permissions, "index": form.index.data}

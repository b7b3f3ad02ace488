"""Roles that administrators make."""

from quart import Quart
from sqlalchemy import select, update

from app.accounts.models import Role, User
from app.database import transaction
from tests.people import Person


async def role_id(app: Quart, name: str) -> int:
    async with app.app_context(), transaction() as db:
        return (await db.scalars(select(Role.id).where(Role.name == name))).one()


async def test_a_role_is_made_changed_and_deleted(app: Quart, boss: Person) -> None:
    page = await boss.submit("/admin/roles/new", name="Editor", permissions="1", index="main")
    assert (await boss.follow(page)).messages == ["Role Editor successfully created."]
    path = f"/admin/roles/{await role_id(app, 'Editor')}"
    page = await boss.submit(path, name="Chief Editor", permissions=["1", "255"], index="admin")
    assert (await boss.follow(page)).messages == ["Role Chief Editor successfully changed."]
    token = (await boss.visit("/admin/roles")).csrf_token
    page = await boss.follow(await boss.post(f"{path}/delete", {"csrf_token": token}))
    assert page.messages == ["Role Chief Editor successfully deleted."]


async def test_members_may_what_their_role_is_given(app: Quart, boss: Person, grace: Person) -> None:
    await boss.submit("/admin/roles/new", name="Deputy", permissions="1", index="main")
    deputy = await role_id(app, "Deputy")
    async with app.app_context(), transaction() as db:
        await db.execute(update(User).where(User.email == grace.email).values(role_id=deputy))
    await grace.log_in()
    assert (await grace.visit("/admin/")).status == 403
    await boss.submit(f"/admin/roles/{deputy}", name="Deputy", permissions="255", index="admin")
    assert (await grace.visit("/admin/")).status == 200


async def test_names_are_unique_and_permissions_are_those_there_are(boss: Person) -> None:
    page = await boss.submit("/admin/roles/new", name="User", permissions="1", index="main")
    assert (page.status, page.messages) == (422, ["There is a role of this name."])
    for wrong in ({"permissions": "256"}, {"permissions": "x"}, {"index": "account"}, {"name": ""}):
        form = {"name": "Editor", "permissions": "1", "index": "main"} | wrong
        assert (await boss.submit("/admin/roles/new", **form)).status == 422


async def test_the_roles_in_the_code_stay_as_they_are(app: Quart, boss: Person) -> None:
    path = f"/admin/roles/{await role_id(app, 'User')}"
    refused = ["This role is defined in the code; change it there."]
    page = await boss.follow(await boss.submit(path, name="User", permissions="255", index="main"))
    assert page.messages == refused
    page = await boss.follow(await boss.post(f"{path}/delete", {"csrf_token": page.csrf_token}))
    assert page.messages == refused


async def test_a_role_that_somebody_has_cannot_be_deleted(app: Quart, boss: Person, grace: Person) -> None:
    await boss.submit("/admin/roles/new", name="Deputy", permissions="1", index="main")
    deputy = await role_id(app, "Deputy")
    async with app.app_context(), transaction() as db:
        await db.execute(update(User).where(User.email == grace.email).values(role_id=deputy))
    token = (await boss.visit("/admin/roles")).csrf_token
    page = await boss.follow(await boss.post(f"/admin/roles/{deputy}/delete", {"csrf_token": token}))
    assert page.messages == ["This role still has members. Give them another one first."]


async def test_the_last_role_that_administers_keeps_that_permission(app: Quart, boss: Person) -> None:
    await boss.submit("/admin/roles/new", name="Owner", permissions="255", index="admin")
    owner = await role_id(app, "Owner")
    async with app.app_context(), transaction() as db:
        await db.execute(update(User).values(role_id=owner))
    page = await boss.submit(f"/admin/roles/{owner}", name="Owner", permissions="1", index="main")
    assert (await boss.follow(page)).messages == ["That would leave nobody who can administer."]

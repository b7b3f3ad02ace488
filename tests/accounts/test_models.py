"""What a role allows, and what is stored for it."""

import pytest
from quart import Quart
from sqlalchemy import select

from app.accounts import roles
from app.accounts.models import AnonymousUser, Permission, Role, User
from app.database import transaction

CAN_LIKE, CAN_POST, CAN_EDIT, CAN_REMOVE = 1, 2, 4, 8


@pytest.mark.parametrize(
    ("permission", "allowed"), [(CAN_LIKE, True), (CAN_POST, True), (CAN_EDIT, True), (CAN_REMOVE, False)]
)
def test_permissions_are_composed_by_or(permission: int, allowed: bool) -> None:
    role = Role(name="Editor", permissions=CAN_LIKE | CAN_POST | CAN_EDIT)
    assert role.has(permission) is allowed
    assert User(first_name="Ada", last_name="Lovelace", email="a@example.com", role=role).can(permission) is allowed


def test_an_administrator_may_do_what_any_role_may() -> None:
    root = User(email="a@example.com", role=Role(permissions=Permission.ADMINISTER))
    assert root.is_admin()
    assert all(root.can(permission) for permission in (Permission.GENERAL, CAN_REMOVE, 0x80))


def test_a_permission_beyond_the_eighth_bit_is_an_administrators_too() -> None:
    for permission in (0x100, 0x4000_0000):
        assert Role(permissions=Permission.ADMINISTER).has(permission)
        assert not Role(permissions=0x7F).has(permission)


def test_users_and_visitors_say_what_they_are() -> None:
    ada, visitor = User(first_name="Ada", last_name="Lovelace", email="a@example.com"), AnonymousUser()
    assert (ada.is_authenticated, ada.is_active, ada.is_anonymous) == (True, True, False)
    assert (visitor.is_authenticated, visitor.is_active, visitor.is_anonymous) == (False, False, True)


def test_a_user_has_no_password_to_read_or_to_set() -> None:
    assert not hasattr(User(email="a@example.com"), "password")
    with pytest.raises(TypeError, match="'password' is an invalid keyword argument"):
        User(email="a@example.com", password="difference engine")


def test_visitors_may_nothing() -> None:
    assert not AnonymousUser().can(Permission.GENERAL)
    assert not AnonymousUser().is_admin()


def test_a_user_and_a_role_print_without_secrets() -> None:
    user = User(first_name="Ada", last_name="Lovelace", email="a@example.com", password_hash="secret")
    assert repr(user) == "<User 'Ada Lovelace'>"
    assert repr(Role(name="User")) == "<Role 'User'>"


async def test_the_roles_are_inserted_once_and_brought_up_to_date(app: Quart) -> None:
    async with app.app_context(), transaction() as db:
        user = (await db.scalars(select(Role).where(Role.name == "User"))).one()
        user.index = "elsewhere"
    for _ in range(2):
        async with app.app_context(), transaction() as db:
            await roles.insert_roles(db)
    async with app.app_context(), transaction() as db:
        stored = (await db.scalars(select(Role).order_by(Role.id))).all()
    assert [(role.id, role.name, role.index, role.default, role.permissions) for role in stored] == [
        (1, "User", "main", True, 0x01),
        (2, "Administrator", "admin", False, 0xFF),
    ]

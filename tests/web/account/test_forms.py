"""What the fields about one's own account are called."""

import pytest

from tests.conftest import Deliver
from tests.people import Page, Person

VISITORS = {
    "/account/login": ["Email", "Password", "Keep me logged in", "Log in"],
    "/account/register": ["First name", "Last name", "Email", "Password", "Confirm password", "Register"],
    "/account/reset-password": ["Email", "Reset password"],
}
MEMBERS = {
    "/account/manage/change-password": ["Old password", "New password", "Confirm new password", "Update password"],
    "/account/manage/change-email": ["New email", "Password", "Update email"],
}


def labels(page: Page) -> list[str]:
    return [label.get_text(strip=True) for label in page.soup.select("main form label, main form button")]


@pytest.mark.parametrize("path", VISITORS)
async def test_visitors_read_the_labels_of_flask_base(ada: Person, path: str) -> None:
    assert labels(await ada.visit(path)) == VISITORS[path]


@pytest.mark.parametrize("path", MEMBERS)
async def test_members_read_the_labels_of_flask_base(grace: Person, path: str) -> None:
    await grace.log_in()
    assert labels(await grace.visit(path)) == MEMBERS[path]


async def test_so_do_those_who_follow_a_link(grace: Person, root: Person, ada: Person, deliver: Deliver) -> None:
    await grace.submit("/account/reset-password", email=grace.email)
    await root.log_in()
    await root.submit("/admin/invite-user", role="1", first_name="Ada", last_name="Lovelace", email=ada.email)
    await deliver()
    assert labels(await grace.visit(grace.link())) == ["New password", "Confirm new password", "Reset password"]
    assert labels(await ada.visit(ada.link())) == ["Password", "Confirm new password", "Set password"]


def passwords(page: Page) -> dict[str, str]:
    """What a password manager is told about each field that hides what is typed."""
    return {str(field["name"]): str(field["autocomplete"]) for field in page.soup.select("input[type=password]")}


async def test_a_password_is_hidden_and_a_password_manager_knows_what_to_fill_in(ada: Person, grace: Person) -> None:
    assert passwords(await ada.visit("/account/login")) == {"password": "current-password"}
    new = dict.fromkeys(["password", "password2"], "new-password")
    assert passwords(await ada.visit("/account/register")) == new
    await grace.log_in()
    assert passwords(await grace.visit("/account/manage/change-password")) == {
        "old_password": "current-password",
        "new_password": "new-password",
        "new_password2": "new-password",
    }
    assert passwords(await grace.visit("/account/reauthenticate")) == {"current_password": "current-password"}

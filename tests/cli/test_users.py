"""People, added and looked after from the terminal."""

import pytest
from quart import Quart

from tests.conftest import Deliver, user_of
from tests.people import PASSWORD, Person
from tests.terminal import run

pytestmark = pytest.mark.usefixtures("app")


async def test_a_user_who_was_created_can_log_in(app: Quart, ada: Person) -> None:
    names = "--first-name", "Ada", "--last-name", "Lovelace"
    done = await run("users", "create", "Ada@Example.com", *names, "--password", PASSWORD)
    assert (done.exit_code, done.stdout) == (0, "Added Ada Lovelace <ada@example.com>, User.\n")
    assert (await ada.log_in()).location == "/"
    assert (await ada.visit("/account/manage")).status == 200, "she is confirmed"


async def test_the_password_is_asked_for_twice_and_not_shown(ada: Person) -> None:
    done = await run("users", "create", ada.email, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0
    assert PASSWORD not in done.output
    assert (await ada.log_in()).location == "/"


async def test_the_password_can_come_from_another_program(ada: Person) -> None:
    done = await run("users", "create", ada.email, "--password-stdin", typed=f"{PASSWORD}\n")
    assert done.exit_code == 0
    assert (await ada.log_in()).location == "/"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("grace@example.com",), "Somebody has an account with this address already."),
        (("GRACE@example.com",), "Somebody has an account with this address already."),
        (("grace",), "This is no email address."),
        (("ada@example.com", "--role", "Editor"), "There is no role Editor, only User, Administrator."),
        (("ada@example.com", "--password", "short"), "A password has at least 12 characters."),
    ],
)
async def test_what_cannot_be_created_is_refused_in_one_sentence(
    app: Quart, grace: Person, arguments: tuple[str, ...], sentence: str
) -> None:
    done = await run("users", "create", "--password", PASSWORD, *arguments)
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", f"Error: {sentence}\n")
    assert await user_of(app, "ada@example.com") is None


@pytest.fixture
async def everybody(ada: Person, grace: Person, root: Person) -> None:
    """A visitor who has not confirmed, a member, and an administrator."""
    await ada.register()


@pytest.mark.usefixtures("everybody")
@pytest.mark.parametrize(
    ("arguments", "first_names"),
    [
        ((), ["Grace", "Ada", "Radia"]),
        (("--role", "Administrator"), ["Radia"]),
        (("--unconfirmed",), ["Ada"]),
        (("--search", "LOVE"), ["Ada"]),
        (("--search", "grace hop"), ["Grace"]),
        (("--search", "radia@"), ["Radia"]),
        (("--search", "%"), []),
        (("--search", "example", "--role", "User"), ["Grace", "Ada"]),
    ],
)
async def test_the_list_is_by_name_and_shows_whom_it_was_asked_for(
    arguments: tuple[str, ...], first_names: list[str]
) -> None:
    _, *rows = (await run("users", "list", *arguments)).stdout.splitlines()
    assert [row.split()[1] for row in rows] == first_names


@pytest.mark.usefixtures("everybody")
async def test_the_columns_of_the_list_are_aligned() -> None:
    lines = (await run("users", "list")).stdout.splitlines()
    assert lines[0].split() == ["EMAIL", "NAME", "ROLE", "STATUS", "SINCE"]
    assert {line.index(word) for line, word in zip(lines, ("NAME", "Grace", "Ada", "Radia"), strict=True)} == {19}
    assert {
        line.index(word) for line, word in zip(lines[1:], ("confirmed", "unconfirmed", "confirmed"), strict=True)
    } == {lines[0].index("STATUS")}


async def test_a_role_that_nobody_knows_cannot_be_listed() -> None:
    done = await run("users", "list", "--role", "Editor")
    assert (done.exit_code, done.stdout) == (1, "")


async def test_somebody_who_was_promoted_sees_the_administration(grace: Person) -> None:
    await grace.log_in()
    assert (await grace.visit("/admin/")).status == 403
    done = await run("users", "promote", grace.email)
    assert (done.exit_code, done.stdout) == (0, "Grace Hopper is Administrator now.\n")
    await grace.log_in()  # another role is another session
    assert (await grace.visit("/admin/")).status == 200


async def test_somebody_is_kept_out_and_let_in_again(grace: Person) -> None:
    assert (await run("users", "deactivate", grace.email)).stdout == "Grace Hopper is out.\n"
    assert (await grace.log_in()).status == 422
    link = await run("users", "reset-access", grace.email)
    assert (link.exit_code, link.stderr) == (
        1,
        "Error: The account is deactivated, and no link would let its owner in. `quart users activate` does.\n",
    )
    assert (await run("users", "activate", grace.email)).stdout == "Grace Hopper is in again.\n"
    assert (await grace.log_in()).status == 302


@pytest.mark.parametrize("name", ["", " ", "x" * 65])
async def test_a_name_is_neither_empty_nor_too_long(name: str) -> None:
    done = await run("users", "create", "ada@example.com", "--password", PASSWORD, "--first-name", name)
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (
        2,
        "Error: Invalid value for '--first-name': A name has 1 to 64 characters.",
    )


async def test_somebody_who_lost_access_gets_it_by_mail(grace: Person, deliver: Deliver) -> None:
    await grace.log_in()
    done = await run("users", "reset-access", grace.email)
    assert done.exit_code == 0
    assert (await grace.visit("/account/manage")).status == 302
    await deliver()
    assert grace.mails()[0]["Subject"] == "[Quart-Base] Reset Your Password"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nobody@example.com",), "Nobody has an account with this address."),
        (("nobody",), "This is no email address."),
        (("radia@example.com", "--role", "Editor"), "There is no role Editor, only User, Administrator."),
        (
            ("radia@example.com", "--role", "User"),
            "That would leave nobody who can administer.",
        ),
    ],
)
async def test_what_cannot_be_is_refused_in_one_sentence(
    root: Person, arguments: tuple[str, ...], sentence: str
) -> None:
    done = await run("users", "promote", *arguments)
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", f"Error: {sentence}\n")
    await root.log_in()
    assert (await root.visit("/admin/")).status == 200

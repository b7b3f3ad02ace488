"""What administrators do with users."""

import asyncio

import pytest
from quart import Quart
from sqlalchemy import insert, select, update

from app.accounts.hashing import hash_password
from app.accounts.models import Role, User
from app.database import transaction
from tests.audit.events import last
from tests.conftest import Deliver, user_of
from tests.people import Page, Person
from tests.servers import MailServer


async def path_of(app: Quart, person: Person) -> str:
    user = await user_of(app, person.email)
    assert user is not None
    return f"/admin/user/{user.id}"


def names(page: Page) -> list[str]:
    return [" ".join(cell.get_text() for cell in row.select("td")[:2]) for row in page.soup.select("tbody tr")]


async def add_many(app: Quart, count: int) -> None:
    async with app.app_context(), transaction() as db:
        role_id = await db.scalar(select(Role.id).where(Role.name == "User"))
        people = [
            {
                "first_name": f"First{n:04}",
                "last_name": f"Last{n // 3:04}",  # three of each, so that the order needs more than the name
                "email": f"p{n:04}@example.org",
                "role_id": role_id,
                "confirmed": n % 2 == 0,
                "password_hash": "x",
            }
            for n in range(count)
        ]
        await db.execute(insert(User), people)


async def test_users_are_listed_by_last_name_and_lead_to_their_pages(app: Quart, boss: Person, grace: Person) -> None:
    page = await boss.visit("/admin/users")
    assert names(page) == ["Grace Hopper", "Radia Perlman"]
    link = page.soup.select_one("tbody a")
    assert link is not None
    assert link["href"] == await path_of(app, grace)


@pytest.mark.parametrize("sort", ["last_name", "-last_name", "first_name", "-email", "role", "nonsense"])
async def test_pages_show_everybody_once_forwards_and_backwards(app: Quart, boss: Person, sort: str) -> None:
    await add_many(app, 119)
    forwards = await _walk(boss, f"/admin/users?sort={sort}", "next")
    assert [len(page) for page in forwards.values()] == [50, 50, 20]
    everybody = [email for page in forwards.values() for email in page]
    assert len(set(everybody)) == 120
    backwards = await _walk(boss, list(forwards)[-1], "prev")
    assert list(reversed(backwards.values())) == list(forwards.values())


async def _walk(boss: Person, path: str, rel: str) -> dict[str, list[str]]:
    pages: dict[str, list[str]] = {}
    while True:
        page = await boss.visit(path)
        pages[path] = [row.select("td")[2].get_text() for row in page.soup.select("tbody tr")]
        link = page.soup.select_one(f"a[rel={rel}]")
        if link is None:
            return pages
        path = str(link["href"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=grace", ["Grace Hopper"]),
        ("q=HOPPER+grace", ["Grace Hopper"]),
        ("q=example.com&sort=first_name", ["Grace Hopper", "Radia Perlman"]),
        ("q=%25", []),
        ("q=_race", []),
        ("q=\\", []),
        ("q=%00", ["Grace Hopper", "Radia Perlman"]),
        ("q=%27+OR+1=1", []),
        ("role=2", ["Radia Perlman"]),
        ("role=1", ["Grace Hopper"]),
        ("role=999999999999999999999", ["Grace Hopper", "Radia Perlman"]),
        ("status=unconfirmed", []),
        ("status=confirmed&role=1", ["Grace Hopper"]),
        ("status=nonsense&sort=;drop&after=x&before=-1", ["Grace Hopper", "Radia Perlman"]),
        ("after=2000000000", ["Grace Hopper", "Radia Perlman"]),
    ],
)
async def test_users_are_searched_and_filtered(boss: Person, grace: Person, query: str, found: list[str]) -> None:
    page = await boss.visit(f"/admin/users?{query}")
    assert page.status == 200
    assert names(page) == found


async def test_what_was_searched_for_is_marked_and_never_markup(boss: Person, grace: Person) -> None:
    await grace.log_in()
    await grace.submit("/account/manage", first_name="<i>Grace</i>", last_name="Hopper")
    page = await boss.visit("/admin/users?q=gra+%3Ci%3E")
    assert [mark.get_text() for mark in page.soup.select("td:first-child mark")] == ["<i>", "Gra"]
    assert page.soup.find("i") is None
    page = await boss.visit("/admin/users?q=gra")
    assert page.soup.find("i") is None
    assert "&lt;i&gt;<mark>Gra</mark>ce&lt;/i&gt;" in page.text


async def test_a_letter_is_marked_only_where_it_is_looked_for(boss: Person, grace: Person) -> None:
    page = await boss.visit("/admin/users?q=r")
    assert names(page) == ["Radia Perlman"]
    assert [mark.parent.get_text() for mark in page.soup.select("tbody mark") if mark.parent] == ["Radia", boss.email]


async def test_a_new_user_gets_a_mail_to_choose_the_password(
    app: Quart, boss: Person, ada: Person, deliver: Deliver
) -> None:
    for path, done in (("new-user", "created"), ("invite-user", "invited")):
        form = {"role": "1", "first_name": "Ada", "last_name": path, "email": f"{path}@example.com"}
        page = await boss.follow(await boss.submit(f"/admin/{path}", **form))
        assert page.messages == [f"User Ada {path} successfully {done}"]
        assert "assword" not in (await boss.visit(f"/admin/{path}")).soup.get_text().replace("their password", "")
    await deliver()
    ada.email = "new-user@example.com"
    assert ada.mails()[0]["Subject"] == "[Quart-Base] You Are Invited To Join"


async def test_an_address_is_invited_once(boss: Person, grace: Person) -> None:
    page = await boss.submit("/admin/invite-user", role="1", first_name="G", last_name="H", email="Grace@Example.com")
    assert (page.status, page.messages) == (422, ["Email already registered."])
    page = await boss.submit("/admin/invite-user", role="99", first_name="G", last_name="H", email="x@example.com")
    assert page.status == 422


async def test_of_twenty_invitations_of_one_address_at_once_one_is_sent(
    boss: Person, ada: Person, deliver: Deliver
) -> None:
    form = {"role": "1", "first_name": "Ada", "last_name": "Lovelace", "email": ada.email}
    pages = await asyncio.gather(*(boss.submit("/admin/invite-user", **form) for _ in range(20)))
    assert sorted(page.status for page in pages) == [302] + [422] * 19
    await deliver()
    assert len(ada.mails()) == 1


async def test_invitations_are_listed_sent_again_and_taken_back(
    app: Quart, boss: Person, ada: Person, deliver: Deliver
) -> None:
    await boss.submit("/admin/invite-user", role="1", first_name="Ada", last_name="Lovelace", email=ada.email)
    await deliver()
    first = ada.link()
    page = await boss.visit("/admin/invitations")
    resend, revoke = (str(form["action"]) for form in page.soup.select("td form"))

    assert (await boss.follow(await boss.post(resend, {"csrf_token": page.csrf_token}))).messages == [
        "User Ada Lovelace was sent another invitation."
    ]
    await deliver()
    assert (await ada.visit(first)).status == 410
    assert (await ada.visit(ada.link())).status == 200

    await boss.post(revoke, {"csrf_token": page.csrf_token})
    assert (await ada.visit(ada.link())).status == 410
    assert await user_of(app, ada.email) is None
    assert (await boss.post(resend, {"csrf_token": page.csrf_token})).status == 404


async def test_a_member_cannot_be_revoked_like_an_invitation(app: Quart, boss: Person, grace: Person) -> None:
    path = (await path_of(app, grace)).replace("user", "invitations")
    token = (await boss.visit("/account/logout")).csrf_token
    assert (await boss.post(f"{path}/revoke", {"csrf_token": token})).status == 404
    assert await user_of(app, grace.email) is not None


async def test_a_changed_address_is_to_be_confirmed_and_the_former_one_is_told(
    app: Quart, boss: Person, grace: Person, deliver: Deliver
) -> None:
    await grace.log_in()
    path = await path_of(app, grace)
    page = await boss.follow(await boss.submit(f"{path}/change-email", email="Admiral@example.com"))
    assert page.messages == ["Email for user Grace Hopper successfully changed to admiral@example.com."]
    assert (await grace.visit("/account/manage")).status == 302, "logged out"
    await deliver()
    assert [mail["Subject"] for mail in grace.mails()] == ["[Quart-Base] Your Email Address Has Changed"]
    grace.email = "admiral@example.com"
    assert [mail["Subject"] for mail in grace.mails()] == ["[Quart-Base] Confirm Your Account"]
    await grace.log_in()
    assert (await grace.visit("/")).location == "/account/unconfirmed"

    page = await boss.submit(f"{path}/change-email", email=boss.email)
    assert (page.status, page.messages) == (422, ["Email already registered."])


async def test_an_invitation_follows_the_invited_to_a_changed_address(
    app: Quart, boss: Person, ada: Person, deliver: Deliver
) -> None:
    await boss.submit("/admin/invite-user", role="1", first_name="Ada", last_name="Lovelace", email="typo@example.com")
    invited = await user_of(app, "typo@example.com")
    assert invited is not None
    await boss.submit(f"/admin/user/{invited.id}/change-email", email=ada.email)
    await deliver()
    assert [mail["Subject"] for mail in ada.mails()] == ["[Quart-Base] You Are Invited To Join"]
    assert (await ada.visit(ada.link())).heading == "Create your password"


async def test_administrators_change_their_own_address_where_the_new_one_answers_first(
    app: Quart, boss: Person
) -> None:
    path = f"{await path_of(app, boss)}/change-email"
    assert (await boss.visit(path)).location == "/account/manage/change-email"
    token = (await boss.visit("/account/logout")).csrf_token
    await boss.post(path, {"csrf_token": token, "email": "typo@example.com"})
    assert await user_of(app, boss.email) is not None


async def test_a_changed_role_counts_from_the_next_request_on(app: Quart, boss: Person, grace: Person) -> None:
    path = f"{await path_of(app, grace)}/change-account-type"
    page = await boss.follow(await boss.submit(path, role="2"))
    assert page.messages == ["Role for user Grace Hopper successfully changed to Administrator."]
    await grace.log_in()
    assert (await grace.visit("/admin/")).status == 200
    await boss.submit(path, role="1")
    assert (await grace.visit("/admin/")).status == 302, "logged out"
    await grace.log_in()
    assert (await grace.visit("/admin/")).status == 403


async def test_the_deactivated_are_out_at_once_and_come_back_when_activated(
    app: Quart, boss: Person, grace: Person
) -> None:
    await grace.log_in()
    path = await path_of(app, grace)
    token = (await boss.visit(path)).csrf_token
    page = await boss.follow(await boss.post(f"{path}/deactivate", {"csrf_token": token}))
    assert page.messages == ["User Grace Hopper was deactivated."]
    assert "deactivated" in page.text
    assert (await grace.visit("/account/manage")).status == 302
    assert (await grace.log_in()).messages == ["Invalid email or password."]
    await boss.post(f"{path}/activate", {"csrf_token": token})
    assert (await grace.log_in()).location == "/"


async def test_an_administrator_sends_a_reset_mail_and_ends_sessions(
    app: Quart, boss: Person, grace: Person, deliver: Deliver
) -> None:
    await grace.log_in()
    path = await path_of(app, grace)
    token = (await boss.visit(path)).csrf_token
    await boss.post(f"{path}/end-sessions", {"csrf_token": token})
    assert (await grace.visit("/account/manage")).status == 302
    await boss.post(f"{path}/send-reset", {"csrf_token": token})
    await deliver()
    assert grace.mails()[0]["Subject"] == "[Quart-Base] Reset Your Password"


async def test_nobody_who_is_kept_out_is_sent_a_link(
    app: Quart, boss: Person, grace: Person, ada: Person, deliver: Deliver
) -> None:
    path = await path_of(app, grace)
    token = (await boss.visit(path)).csrf_token
    await boss.post(f"{path}/deactivate", {"csrf_token": token})
    assert "choose a password" not in (await boss.visit(path)).text
    page = await boss.follow(await boss.post(f"{path}/send-reset", {"csrf_token": token}))
    assert page.messages == ["No link would let them in. Activate the account first."]
    assert await last(app) == (boss.email, "ask to reset password", grace.email, "refused")

    await boss.submit(f"{path}/change-email", email=ada.email)
    await deliver()
    assert [mail["Subject"] for mail in grace.mails() + ada.mails()] == [
        "[Quart-Base] Your Account Has Been Deactivated",
        "[Quart-Base] Your Email Address Has Changed",
    ]
    assert (user := await user_of(app, ada.email)) is not None
    assert not user.confirmed


async def test_deleting_asks_first(app: Quart, boss: Person, grace: Person) -> None:
    await grace.log_in()
    path = await path_of(app, grace)
    assert "Delete Grace Hopper?" in (await boss.visit(f"{path}/delete")).text
    assert (await boss.visit(f"{path}/_delete")).status == 405
    assert (await boss.submit(f"{path}/delete")).messages == ["Tick this first."]
    assert await user_of(app, grace.email) is not None

    page = await boss.follow(await boss.submit(f"{path}/delete", understood="y"))
    assert page.messages == ["Successfully deleted user Grace Hopper."]
    assert await user_of(app, grace.email) is None
    assert (await grace.visit("/account/manage")).status == 302
    assert (await boss.visit(path)).status == 404


async def test_the_old_address_of_deleting_works_by_post(app: Quart, boss: Person, grace: Person) -> None:
    path = await path_of(app, grace)
    token = (await boss.visit(f"{path}/delete")).csrf_token
    page = await boss.post(f"{path}/_delete", {"csrf_token": token, "understood": "y"})
    assert page.location == "/admin/users"


@pytest.mark.parametrize(
    ("action", "text"),
    [
        ("change-account-type", "You cannot change the type of your own account."),
        ("delete", "You cannot delete your own account."),
        ("deactivate", "You cannot deactivate your own account."),
    ],
)
async def test_administrators_do_not_do_it_to_themselves(app: Quart, boss: Person, action: str, text: str) -> None:
    path = await path_of(app, boss)
    token = (await boss.visit(path)).csrf_token
    page = await boss.post(f"{path}/{action}", {"csrf_token": token, "role": "1", "understood": "y"})
    assert page.location == path
    assert (await boss.follow(page)).messages == [f"{text} Please ask another administrator to do this."]
    assert (await boss.visit("/admin/")).status == 200
    assert (await last(app))[2:] == (boss.email, "refused"), "and it is recorded"


@pytest.mark.parametrize("action", ["delete", "deactivate", "change-account-type"])
async def test_of_two_administrators_who_remove_each_other_at_once_one_remains(
    app: Quart, boss: Person, mail_server: MailServer, action: str
) -> None:
    rival = Person(app.test_client(), mail_server, "Ruth", "Rival")
    for _ in range(7):  # so 21 times, in three ways
        await _make_administrator(app, rival)
        await _make_administrator(app, boss)
        await boss.log_in()
        await rival.log_in()
        removals = [await _removal(app, boss, rival, action), await _removal(app, rival, boss, action)]
        pages = await asyncio.gather(*removals)
        assert all(page.status < 500 for page in pages)
        able = [person for person in (boss, rival) if await _administers(app, person)]
        assert len(able) == 1


async def _removal(app: Quart, person: Person, other: Person, action: str):  # type: ignore[no-untyped-def]
    token = (await person.visit("/account/logout")).csrf_token
    path = f"{await path_of(app, other)}/{action}"
    return person.post(path, {"csrf_token": token, "understood": "y", "role": "1"})


async def _make_administrator(app: Quart, person: Person) -> None:
    password_hash = await hash_password(person.password)
    async with app.app_context(), transaction() as db:
        role = (await db.scalars(select(Role).where(Role.name == "Administrator"))).one()
        user = (await db.scalars(select(User).where(User.email == person.email))).one_or_none()
        if user is None:
            user = User(first_name=person.first_name, last_name=person.last_name, email=person.email)
            db.add(user)
        user.role, user.password_hash, user.confirmed, user.deactivated_at = role, password_hash, True, None


async def _administers(app: Quart, person: Person) -> bool:
    async with app.app_context(), transaction() as db:
        able = select(User.id).join(User.role).where(User.email == person.email, User.deactivated_at.is_(None))
        return await db.scalar(able.where(Role.name == "Administrator")) is not None


async def test_the_last_administrator_stays_even_when_others_are_deactivated(
    app: Quart, boss: Person, grace: Person, mail_server: MailServer
) -> None:
    await _make_administrator(app, grace)
    await grace.log_in()
    async with app.app_context(), transaction() as db:
        await db.execute(update(User).where(User.email == grace.email).values(password_hash=None))
    path = await path_of(app, boss)
    token = (await grace.visit(path)).csrf_token
    page = await grace.post(f"{path}/deactivate", {"csrf_token": token})
    assert (await grace.follow(page)).messages == ["That would leave nobody who can administer."]


@pytest.mark.parametrize("user_id", ["0", "999", "9" * 30, "-1", "x", "²"])
async def test_a_user_who_does_not_exist_has_no_page(boss: Person, user_id: str) -> None:
    for action in ("", "/info", "/change-email", "/change-account-type", "/delete"):
        assert (await boss.visit(f"/admin/user/{user_id}{action}")).status == 404

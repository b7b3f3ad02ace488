"""The pages that administrators write, from the inside."""

import asyncio
from urllib.parse import urlencode

import pytest
from quart import Quart
from sqlalchemy import delete, func, select, update

from app.accounts.models import User
from app.database import transaction
from app.pages.models import EditableHTML, PageRevision
from tests.people import Page, Person

ABOUT = "/admin/pages/about"
EDITOR = "/admin/_update_editor_contents"
ADMINISTRATOR = 2  # the id of the role


@pytest.fixture
async def radia(root: Person) -> Person:
    """An administrator, logged in."""
    await root.log_in()
    return root


async def count(app: Quart, model: type[EditableHTML | PageRevision]) -> int:
    async with app.app_context(), transaction() as db:
        return (await db.scalars(select(func.count()).select_from(model))).one()


async def newest(app: Quart) -> int:
    async with app.app_context(), transaction() as db:
        return (await db.scalars(select(func.max(PageRevision.id)))).one()


async def save(person: Person, source: str, address: str = ABOUT, *, title: str = "About", **other: str) -> Page:
    """Open the editor, type, and press Save."""
    return await send(person, await person.visit(address), source, address, title=title, **other)


async def send(person: Person, opened: Page, source: str, address: str = ABOUT, **other: str) -> Page:
    """Press Save in an editor that was opened before."""
    started_from = field(opened, "started_from")
    form = {"title": "About", "source": source, "started_from": started_from, "save": "Save"}
    return await person.post(address, form | {"csrf_token": opened.csrf_token} | other)


async def post_long(person: Person, path: str, form: dict[str, str]) -> Page:
    """Send a form as a browser does, which says how long it is before it sends it."""
    body = urlencode(form)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    response = await person.browser.post(path, data=body, headers=headers)
    return Page(response.status_code, response.headers, await response.get_data(as_text=True))


def field(page: Page, name: str) -> str:
    found = page.soup.select_one(f"[name={name}]")
    assert found is not None, f"{page.status}: {page.messages}"
    return str(found.get("value") or found.get_text().removeprefix("\n"))  # which a browser drops, too


async def test_radia_writes_the_about_page_and_ada_reads_it(radia: Person, ada: Person) -> None:
    page = await radia.follow(await save(radia, "We are **many**."))
    assert page.messages == ["“About” has been saved."]
    assert "<p>We are <strong>many</strong>.</p>" in (await ada.visit("/about")).text


async def test_looking_at_what_would_come_of_it_saves_nothing(app: Quart, radia: Person, ada: Person) -> None:
    opened = await radia.visit(ABOUT)
    form = {"title": "Who we are", "source": "*many* <script>x</script>", "started_from": "0", "preview": "Preview"}
    page = await radia.post(ABOUT, form | {"csrf_token": opened.csrf_token})
    assert page.status == 200
    assert "<p><em>many</em> </p>" in page.text
    assert field(page, "source") == "*many* <script>x</script>"
    assert field(page, "title") == "Who we are"
    assert await count(app, EditableHTML) == 0
    assert "many" not in (await ada.visit("/about")).text


async def test_reading_changes_nothing(app: Quart, radia: Person) -> None:
    for address in ("/about", "/pages/new", "/admin/pages", ABOUT, f"{ABOUT}/revisions", f"{ABOUT}/delete", EDITOR):
        await radia.visit(address)
    await save(radia, "a")
    for address in (ABOUT, f"{ABOUT}?save=Save&source=b", f"{ABOUT}/revisions/{await newest(app)}"):
        await radia.visit(address)
    assert (await count(app, EditableHTML), await count(app, PageRevision)) == (1, 1)


async def test_a_page_is_added_written_and_deleted(app: Quart, radia: Person, ada: Person) -> None:
    added = await radia.submit("/admin/pages", editor_name="opening-hours", title="Opening hours")
    assert added.location == "/admin/pages/opening-hours"
    await save(radia, "At nine", "/admin/pages/opening-hours", title="When we open")
    page = await ada.visit("/pages/opening-hours")
    assert (page.heading, "At nine" in page.text) == ("When we open", True)
    listed = [row.get_text() for row in (await radia.visit("/admin/pages")).soup.select("tbody a")]
    assert listed == ["About", "/pages/about", "When we open", "/pages/opening-hours"]

    assert "cannot be undone" in " ".join((await radia.visit("/admin/pages/opening-hours/delete")).text.split())
    deleted = await radia.follow(await radia.submit("/admin/pages/opening-hours/delete"))
    assert deleted.messages == ["“When we open” has been deleted."]
    assert (await ada.visit("/pages/opening-hours")).status == 404
    assert (await radia.visit("/admin/pages/opening-hours/delete")).status == 404
    assert await count(app, PageRevision) == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("taken", "Another page has this name."),
        ("Opening Hours", "At most 100 small letters, digits and hyphens."),
        ("über-uns", "At most 100 small letters, digits and hyphens."),
        ("../etc", "At most 100 small letters, digits and hyphens."),
        ("a\n", "At most 100 small letters, digits and hyphens."),
        ("a" * 101, "At most 100 small letters, digits and hyphens."),
        ("", "At most 100 small letters, digits and hyphens."),
    ],
)
async def test_a_name_that_cannot_be_had_is_a_mistake_in_the_form(radia: Person, name: str, message: str) -> None:
    await radia.submit("/admin/pages", editor_name="taken", title="Taken")
    page = await radia.submit("/admin/pages", editor_name=name, title="Kept")
    assert (page.status, page.messages) == (422, [message])
    assert page.soup.find("input", {"value": "Kept"})


async def test_a_page_that_every_page_leads_to_cannot_be_deleted(app: Quart, radia: Person) -> None:
    await save(radia, "Stays")
    assert "/delete" not in (await radia.visit(ABOUT)).text
    assert (await radia.visit(f"{ABOUT}/delete")).location == "/admin/pages"
    token = (await radia.visit("/admin/pages")).csrf_token
    refused = await radia.follow(await radia.post(f"{ABOUT}/delete", {"csrf_token": token}))
    assert "This page cannot be deleted, since every page leads to it." in refused.messages
    assert await count(app, EditableHTML) == 1


async def test_every_text_that_a_page_had_can_be_looked_at_and_restored(app: Quart, radia: Person, ada: Person) -> None:
    await save(radia, "first & best", title="Beginning")
    first = f"{ABOUT}/revisions/{await newest(app)}"
    await save(radia, "second", title="End")

    history = await radia.visit(f"{ABOUT}/revisions")
    rows = [[cell.get_text() for cell in row.select("small, td + td")] for row in history.soup.select("tbody tr")]
    assert rows == [["Radia Perlman", "End"], ["Radia Perlman", "Beginning"]]
    assert first in history.text
    assert "first &amp; best" in (await radia.visit(first)).text

    restored = await radia.follow(await radia.submit(first))
    assert restored.messages == ["“Beginning” has been restored."]
    page = await ada.visit("/about")
    assert (page.heading, "first &amp; best" in page.text) == ("Beginning", True)
    assert await count(app, PageRevision) == 3


async def test_a_revision_belongs_to_its_page(app: Quart, radia: Person) -> None:
    await save(radia, "a")
    revision = await newest(app)
    await radia.submit("/admin/pages", editor_name="other", title="Other")
    for address in (f"/admin/pages/other/revisions/{revision}", f"{ABOUT}/revisions/{revision + 1}"):
        assert (await radia.visit(address)).status == 404


async def test_the_texts_of_somebody_whose_account_is_gone_stay(app: Quart, radia: Person, grace: Person) -> None:
    await save(radia, "a")
    async with app.app_context(), transaction() as db:
        await db.execute(delete(User).where(User.email == radia.email))
        await db.execute(update(User).values(role_id=ADMINISTRATOR))
    await grace.log_in()
    assert "Somebody whose account is gone" in (await grace.visit(f"{ABOUT}/revisions")).text


async def test_of_two_who_edit_at_once_the_second_is_shown_both_texts(radia: Person, ada: Person) -> None:
    opened = await radia.visit(ABOUT)
    await save(radia, "the newer text")
    page = await send(radia, opened, "the text typed meanwhile", title="Mine")
    assert page.status == 409
    assert "Radia Perlman saved this page at" in " ".join(page.text.split())
    assert "the newer text" in page.text
    assert (field(page, "source"), field(page, "title")) == ("the text typed meanwhile", "Mine")
    assert "the newer text" in (await ada.visit("/about")).text

    assert (await send(radia, page, "both texts")).status == 302, "whoever has seen the newer one may replace it"
    assert "both texts" in (await ada.visit("/about")).text


async def test_looking_before_saving_hides_no_newer_text(radia: Person) -> None:
    opened = await radia.visit(ABOUT)
    await save(radia, "the newer text")
    preview = await send(radia, opened, "mine", preview="Preview")
    assert preview.status == 200
    assert (await send(radia, preview, "mine")).status == 409


async def test_of_five_who_save_at_the_same_moment_four_are_told(app: Quart, radia: Person) -> None:
    for begun in range(1, 4):
        opened = await radia.visit(ABOUT)
        pages = await asyncio.gather(*(send(radia, opened, f"text {number}") for number in range(5)))
        assert sorted(page.status for page in pages) == [302] + [409] * 4
        assert await count(app, PageRevision) == begun


async def test_who_saves_a_page_that_was_deleted_meanwhile_is_told_so(radia: Person) -> None:
    await radia.submit("/admin/pages", editor_name="gone", title="Gone")
    await save(radia, "a", "/admin/pages/gone")
    opened = await radia.visit("/admin/pages/gone")
    await radia.submit("/admin/pages/gone/delete")
    page = await send(radia, opened, "b", "/admin/pages/gone")
    assert (page.status, "This page was deleted while you were editing it." in page.text) == (409, True)
    assert (await send(radia, page, "b", "/admin/pages/gone")).status == 302


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"title": ""}, "This field is required."),
        ({"source": "a\x00"}, "This contains a character that cannot be used."),
    ],
)
async def test_a_mistake_in_the_form_loses_nothing_of_the_text(
    radia: Person, fields: dict[str, str], message: str
) -> None:
    page = await save(radia, **{"source": "# Kept\r\n\r\n\t<b>&amp;"} | fields)
    assert (page.status, message in page.messages) == (422, True)
    assert "source" in fields or field(page, "source") == "# Kept\r\n\r\n\t<b>&amp;"


async def test_what_is_typed_is_never_run(radia: Person, ada: Person) -> None:
    await save(radia, "{{7919*7927}} <script>x</script></textarea><img src=x onerror=y>", title="<b>{{7919*7927}}</b>")
    for page in (await ada.visit("/about"), await radia.visit(ABOUT), await radia.visit("/admin/pages")):
        assert "62773913" not in page.soup.get_text()
        assert not page.soup.select("main script, main [onerror], main h1 b, main td b")
    assert "{{7919*7927}}" in (await ada.visit("/about")).text
    assert (
        field(await radia.visit(ABOUT), "source") == "{{7919*7927}} <script>x</script></textarea><img src=x onerror=y>"
    )


async def test_what_got_into_the_database_otherwise_is_harmless_too(app: Quart, ada: Person) -> None:
    async with app.app_context(), transaction() as db:
        db.add(EditableHTML(editor_name="about", title="About", source="", value="<b>a</b><script>x</script>"))
    page = await ada.visit("/about")
    assert "<b>a</b>" in page.text
    assert not page.soup.select("main script")


async def test_a_script_may_save_a_page_as_flask_bases_editor_did(app: Quart, radia: Person, ada: Person) -> None:
    token = (await radia.visit("/admin/pages")).csrf_token
    form = {"editor_name": "about", "edit_data": "<h2>Us</h2>\n<p>a&nbsp;b</p><script>x</script>"}
    page = await radia.post(EDITOR, form, headers={"X-CSRFToken": token})
    assert (page.status, page.text) == (200, "OK")
    assert "<h2>Us</h2>\n<p>a&nbsp;b</p></div>" in (await ada.visit("/about")).text

    page = await radia.post(EDITOR, {"editor_name": "opening-hours", "edit_data": "", "csrf_token": token})
    assert page.status == 200
    assert (await ada.visit("/pages/opening-hours")).heading == "Opening hours"
    assert await count(app, PageRevision) == 2


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"editor_name": "about"},
        {"edit_data": "a"},
        {"editor_name": "no such name", "edit_data": "a"},
        {"editor_name": "about", "edit_data": "\x00"},
    ],
)
async def test_a_script_that_sends_nonsense_is_refused(app: Quart, radia: Person, form: dict[str, str]) -> None:
    token = (await radia.visit("/admin/pages")).csrf_token
    assert (await radia.post(EDITOR, form | {"csrf_token": token})).status == 400
    assert await count(app, EditableHTML) == 0


@pytest.mark.parametrize(
    "path",
    ["/admin/pages", ABOUT, f"{ABOUT}/revisions", f"{ABOUT}/revisions/1", f"{ABOUT}/delete", EDITOR],
)
async def test_members_and_visitors_edit_nothing(app: Quart, ada: Person, grace: Person, path: str) -> None:
    form = {"editor_name": "about", "edit_data": "a", "title": "a", "source": "a", "save": "Save"}
    await grace.log_in()
    for person, status in ((grace, 403), (ada, 302)):
        token = (await person.visit("/account/logout" if person is grace else "/account/login")).csrf_token
        for page in (await person.visit(path), await person.post(path, form | {"csrf_token": token})):
            assert page.status in {status, 405}
    assert await count(app, EditableHTML) == 0


async def test_a_page_of_a_hundred_thousand_letters_can_be_saved(radia: Person, ada: Person) -> None:
    opened = await radia.visit(ABOUT)
    form = {"title": "About", "source": "word " * 20_000, "started_from": "0", "csrf_token": opened.csrf_token}
    assert (await post_long(radia, ABOUT, form)).status == 302
    assert len((await ada.visit("/about")).text) > 100_000
    form = {"editor_name": "about", "edit_data": "ward " * 20_000, "csrf_token": opened.csrf_token}
    assert (await post_long(radia, EDITOR, form)).status == 200
    assert "ward" in (await ada.visit("/about")).text


@pytest.mark.parametrize("path", [ABOUT, EDITOR, "/admin/pages", "/account/logout"])
async def test_a_page_that_is_too_long_is_refused(radia: Person, path: str) -> None:
    token = (await radia.visit("/admin/pages")).csrf_token
    form = {"csrf_token": token, "edit_data": "x" * 600_000}
    assert (await post_long(radia, path, form)).status == 413
    if not path.startswith((ABOUT, EDITOR)):
        assert (await post_long(radia, path, form | {"edit_data": "x" * 70_000})).status == 413


@pytest.mark.parametrize("path", [ABOUT, EDITOR, "/account/login"])
async def test_others_may_not_send_as_much_as_administrators(grace: Person, ada: Person, path: str) -> None:
    await grace.log_in()
    for person in (grace, ada):
        token = (await person.visit("/account/logout" if person is grace else "/account/login")).csrf_token
        page = await post_long(person, path, {"csrf_token": token, "edit_data": "x" * 70_000})
        assert page.status == 413

"""The pages that administrators write."""

from quart import flash, redirect, url_for
from quart.typing import ResponseReturnValue
from sqlalchemy.ext.asyncio import AsyncSession
from werkzeug.exceptions import BadRequest, NotFound

from app.database import session, transaction
from app.pages import pages, revisions, texts
from app.pages.errors import Indispensable, NameTaken, SavedMeanwhile
from app.pages.models import EditableHTML, PageRevision
from app.web.admin import admin
from app.web.admin.page_forms import EditorContentsForm, NewPageForm, PageForm
from app.web.auth import signed_in_user
from app.web.guards import admin_required
from app.web.sudo import recently_authenticated
from app.web.templating import render


@admin.get("/pages")
@admin_required
async def list_pages() -> ResponseReturnValue:
    """List all pages, with a form that adds another."""
    form = await NewPageForm.from_request()
    return form.page("admin/pages/index.html", pages=await pages.listing(session()))


@admin.post("/pages")
@admin_required
@recently_authenticated
async def create_page() -> ResponseReturnValue:
    """Add a page."""
    form = await NewPageForm.from_request()
    if await form.validate_on_submit():
        try:
            async with transaction() as db:
                page = await pages.create(db, name=form.editor_name.data, title=form.title.data)
        except NameTaken:
            form.editor_name.errors = ["Another page has this name."]
        else:
            return redirect(url_for("admin.edit_page", name=page.editor_name))
    return form.page("admin/pages/index.html", pages=await pages.listing(session()))


@admin.route("/pages/<page_name:name>", methods=["GET", "POST"])
@admin_required
@recently_authenticated
async def edit_page(name: str) -> ResponseReturnValue:
    """Change a page, or what would become one; only Save saves, Preview shows what would come of it."""
    newest = await revisions.newest(session(), name)  # before the text, which may then be newer, but never older
    page = await pages.get_editable_html(session(), name)
    form = await PageForm.from_request(title=page.title, source=page.source, started_from=_id(newest))
    if not await form.validate_on_submit():
        return form.page("admin/pages/edit.html", page=page)
    text = await texts.compose(form.source.data)
    if form.preview.data:
        return render("admin/pages/preview.html", page=page, form=form, text=text)
    try:
        async with transaction() as db:
            await pages.save(
                db, name, text, title=form.title.data, by=signed_in_user(), after=form.started_from.data or 0
            )
    except SavedMeanwhile:
        return await _both_texts(form, name)
    await flash(f"“{form.title.data}” has been saved.", "success")
    return redirect(url_for("admin.edit_page", name=name))


async def _both_texts(form: PageForm, name: str) -> ResponseReturnValue:
    newest = await revisions.newest(session(), name)
    page = await pages.get_editable_html(session(), name)
    # Whoever saves again has seen the newer text, and may replace it.
    again = PageForm(data=form.data | {"started_from": _id(newest)})
    return render("admin/pages/conflict.html", page=page, form=again, newest=newest), 409


def _id(revision: PageRevision | None) -> int:
    return revision.id if revision else 0


@admin.get("/pages/<page_name:name>/revisions")
@admin_required
async def list_revisions(name: str) -> str:
    """Show who saved the page and when."""
    page = await pages.get_editable_html(session(), name)
    return render("admin/pages/revisions.html", page=page, revisions=await revisions.history(session(), name))


@admin.get("/pages/<page_name:name>/revisions/<int:revision_id>")
@admin_required
async def show_revision(name: str, revision_id: int) -> str:
    """Show a text that the page had."""
    page = await pages.get_editable_html(session(), name)
    return render("admin/pages/revision.html", page=page, revision=await _revision(name, revision_id))


@admin.post("/pages/<page_name:name>/revisions/<int:revision_id>")
@admin_required
@recently_authenticated
async def restore_revision(name: str, revision_id: int) -> ResponseReturnValue:
    """Save a text that the page had once more."""
    revision = await _revision(name, revision_id)
    text = await texts.compose(revision.source)
    async with transaction() as db:
        await pages.save(db, name, text, title=revision.title, by=signed_in_user())
    await flash(f"“{revision.title}” has been restored.", "success")
    return redirect(url_for("admin.edit_page", name=name))


async def _revision(name: str, revision_id: int) -> PageRevision:
    if (revision := await revisions.find(session(), name, revision_id)) is None:
        raise NotFound
    return revision


@admin.get("/pages/<page_name:name>/delete")
@admin_required
@recently_authenticated
async def ask_to_delete_page(name: str) -> ResponseReturnValue:
    """Show the button that deletes the page."""
    page = await _saved_page(session(), name)
    pages.check_dispensable(page)
    return render("admin/pages/delete.html", page=page)


@admin.post("/pages/<page_name:name>/delete")
@admin_required
@recently_authenticated
async def delete_page(name: str) -> ResponseReturnValue:
    """Delete the page and its history."""
    async with transaction() as db:
        page = await _saved_page(db, name)
        await pages.delete(db, page)
    await flash(f"“{page.title}” has been deleted.", "success")
    return redirect(url_for("admin.list_pages"))


async def _saved_page(db: AsyncSession, name: str) -> EditableHTML:
    page = await pages.get_editable_html(db, name)
    if not page.is_saved():
        raise NotFound
    return page


@admin.errorhandler(Indispensable)
async def _refuse_to_delete(_refused: Indispensable) -> ResponseReturnValue:
    await flash("This page cannot be deleted, since every page leads to it.", "error")
    return redirect(url_for("admin.list_pages"))


@admin.post("/_update_editor_contents")
@admin_required
@recently_authenticated
async def update_editor_contents() -> ResponseReturnValue:
    """Save what an editor inside a page sends, over whatever there is; the history has the rest."""
    form = await EditorContentsForm.from_request()
    if not await form.validate_on_submit():
        raise BadRequest
    text = await texts.compose(form.edit_data.data)
    async with transaction() as db:
        await pages.save(db, form.editor_name.data, text, by=signed_in_user())
    return "OK"

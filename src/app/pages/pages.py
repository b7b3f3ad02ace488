"""Finding, adding, saving and deleting pages."""

from collections.abc import Sequence

from sqlalchemy import delete as delete_from
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from app.accounts.models import User
from app.audit import Action, record
from app.database import from_now
from app.pages import names, revisions
from app.pages.errors import Indispensable, NameTaken, SavedMeanwhile
from app.pages.models import EditableHTML, PageRevision
from app.pages.texts import Text


async def get_editable_html(db: AsyncSession, name: str) -> EditableHTML:
    """The page of this name, or an empty one that is not saved; InvalidName when there can be none."""
    page = (await db.scalars(select(EditableHTML).where(EditableHTML.editor_name == name))).one_or_none()
    return page or _empty(name)


async def listing(db: AsyncSession) -> Sequence[EditableHTML]:
    """All pages by title, without their texts; those that the application leads to, even if they were never saved."""
    texts = defer(EditableHTML.source, raiseload=True), defer(EditableHTML.value, raiseload=True)
    saved = (await db.scalars(select(EditableHTML).options(*texts).order_by(EditableHTML.title))).all()
    return saved if any(page.is_indispensable() for page in saved) else [_empty(names.ABOUT), *saved]


async def create(db: AsyncSession, *, name: str, title: str) -> EditableHTML:
    """Add an empty page, or raise InvalidName or NameTaken."""
    page = _empty(name, title)
    try:
        async with db.begin_nested():
            db.add(page)
    except IntegrityError:
        raise NameTaken from None
    record(db, Action.CREATE_PAGE, target=name)
    return page


async def save(
    db: AsyncSession, name: str, text: Text, *, by: User, title: str | None = None, after: int | None = None
) -> None:
    """Give the page this text, adding it if there is none, and keep the text as a revision.

    Whoever says which revision theirs came `after` (0 for none) gets SavedMeanwhile when it is not the newest any more.
    """
    page = await _locked(db, name)
    newest = await revisions.newest(db, name)
    if after is not None and after != (newest.id if newest else 0):
        raise SavedMeanwhile
    page.title, page.source, page.value = title or page.title, text.source, text.value
    page.updated_at = from_now()
    db.add(PageRevision(page_id=page.id, title=page.title, source=page.source, value=page.value, author_id=by.id))
    record(db, Action.SAVE_PAGE, target=name)


def check_dispensable(page: EditableHTML) -> None:
    """Raise Indispensable if the page may be emptied, but not deleted."""
    if page.is_indispensable():
        raise Indispensable


async def delete(db: AsyncSession, page: EditableHTML) -> None:
    """Delete the page with all its revisions, or raise Indispensable."""
    check_dispensable(page)
    await db.execute(delete_from(EditableHTML).where(EditableHTML.id == page.id))
    record(db, Action.DELETE_PAGE, target=page.editor_name)


async def _locked(db: AsyncSession, name: str) -> EditableHTML:
    query = select(EditableHTML).where(EditableHTML.editor_name == name).with_for_update()
    # What this session read before may be older than what the lock had to wait for.
    query = query.execution_options(populate_existing=True)
    if page := (await db.scalars(query)).one_or_none():
        return page
    try:
        return await create(db, name=name, title=names.title(name))
    except NameTaken:  # just now
        return (await db.scalars(query)).one()


def _empty(name: str, title: str | None = None) -> EditableHTML:
    return EditableHTML(editor_name=name, title=title or names.title(name), source="", value="")

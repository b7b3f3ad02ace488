"""Looking back at the texts that a page had. To restore one is to save it again."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer, joinedload

from app.pages.models import EditableHTML, PageRevision

SHOWN = 100  # enough to look back on; older ones stay, and answer at their addresses


async def history(db: AsyncSession, name: str) -> Sequence[PageRevision]:
    """Who saved the page and when, newest first, without the texts."""
    return (await db.scalars(_of(name).options(*_WITHOUT_TEXTS).limit(SHOWN))).all()


async def newest(db: AsyncSession, name: str) -> PageRevision | None:
    """Who saved the page last and when, without the text, which is the page's."""
    return (await db.scalars(_of(name).options(*_WITHOUT_TEXTS).limit(1))).one_or_none()


async def find(db: AsyncSession, name: str, revision_id: int) -> PageRevision | None:
    """One of the page's revisions, with its text."""
    return (await db.scalars(_of(name).where(PageRevision.id == revision_id))).one_or_none()


def _of(name: str) -> Select[PageRevision]:
    revisions = select(PageRevision).options(joinedload(PageRevision.author)).order_by(PageRevision.id.desc())
    return revisions.join(EditableHTML).where(EditableHTML.editor_name == name)


_WITHOUT_TEXTS = defer(PageRevision.source, raiseload=True), defer(PageRevision.value, raiseload=True)

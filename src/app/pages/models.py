"""Nouns only: a page, and the texts that it had."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.accounts.models import User
from app.database import Model, from_now
from app.pages import names


class EditableHTML(Model):
    """A page, or a part of one, that an administrator writes; `value` is what became of `source`, sanitised."""

    __tablename__ = "editable_html"

    id: Mapped[int] = mapped_column(primary_key=True)
    editor_name: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(insert_default=from_now())

    def __repr__(self) -> str:
        return f"<EditableHTML {self.editor_name!r}>"

    @validates("editor_name")
    def _check_name(self, _column: str, name: str) -> str:
        names.check(name)
        return name

    def is_saved(self) -> bool:
        return self.id is not None

    def is_indispensable(self) -> bool:
        return self.editor_name == names.ABOUT


class PageRevision(Model):
    """A text that was saved: by whom, and when. The newest one is the page's."""

    __tablename__ = "page_revisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("editable_html.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(insert_default=from_now())

    author: Mapped[User | None] = relationship(lazy="raise")

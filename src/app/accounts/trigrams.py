"""What PostgreSQL brings along, on SQLite: an index over every three letters of what users are searched by.

It only proposes who might match. Triggers keep it; where these are not as they are written here, it is not asked.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, ScalarSelect, Select, column, func, inspect, select, table
from sqlalchemy.ext.asyncio import AsyncSession

LETTERS = 3  # what it knows of each place
FEW, MANY = 1_000, 50_000  # rows, up to which they are counted
TABLE = "users_search"  # the names of those in which SQLite keeps it begin like this, too


def _document(row: str) -> str:
    # Two spaces before each word, so that there are three letters of which only the last is the word's first.
    return f"replace(' ' || {row}.first_name || ' ' || {row}.last_name || ' ' || {row}.email, ' ', '  ')"


NOTE = f"INSERT INTO {TABLE} (rowid, document) VALUES (NEW.id, {_document('NEW')})"  # noqa: S608 (constants)
FORGET = f"INSERT INTO {TABLE} ({TABLE}, rowid, document) VALUES ('delete', OLD.id, {_document('OLD')})"  # noqa: S608
FILL = f"INSERT INTO {TABLE} (rowid, document) SELECT id, {_document('users')} FROM users"  # noqa: S608
TRIGGERS = {
    name: f"CREATE TRIGGER {name} AFTER {event} ON users BEGIN {work}; END"
    for name, event, work in (
        (f"{TABLE}_insert", "INSERT", NOTE),
        (f"{TABLE}_update", "UPDATE OF id, first_name, last_name, email", f"{FORGET}; {NOTE}"),
        (f"{TABLE}_delete", "DELETE", FORGET),
    )
}
KEPT = (
    select(func.count() == len(TRIGGERS))
    .select_from(table("sqlite_master"))
    .where(column("sql").in_(TRIGGERS.values()))
)


def restore(connection: Connection) -> None:
    """Make it anew where it is not kept: Alembic alters a table by copying it, and its triggers are gone then."""
    wanted = supported() and inspect(connection).has_table("users")
    if connection.scalar(KEPT) == wanted:
        return
    for name in TRIGGERS:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    if wanted:
        options = "tokenize='trigram', detail=none, columnsize=0, content=''"
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {TABLE}")
        connection.exec_driver_sql(f"CREATE VIRTUAL TABLE {TABLE} USING fts5(document, {options})")
        for statement in (FILL, *TRIGGERS.values()):
            connection.exec_driver_sql(statement)


def supported() -> bool:
    """Whether this SQLite has such indexes; where it has not, everybody is looked at."""
    with closing(sqlite3.connect(":memory:")) as nowhere:
        try:
            nowhere.execute("CREATE VIRTUAL TABLE it USING fts5(document, tokenize='trigram')")
        except sqlite3.OperationalError:
            return False
    return True


def contains(text: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Whether the word is in the text, in capitals or not; SQLite's LIKE knows only those of ASCII."""
    return text.bool_op("GLOB")(f"*{''.join(map(_in_either_case, word))}*")


def _in_either_case(letter: str) -> str:
    cases = {case for case in (letter, letter.lower(), letter.upper()) if len(case) == 1}
    return f"[{''.join(sorted(cases))}]" if len(cases) > 1 or letter in "*?[" else letter


@dataclass(frozen=True)
class Hits:
    """Who has all letters of the words, and so might match."""

    ids: Select[int]
    are_few: bool

    async def are_fewer(self, db: AsyncSession, ids: Select[int]) -> bool:
        """Whether there are no more of them than of these ids; more than MANY is many."""
        others = _number(ids, MANY)
        return self.are_few or bool(await db.scalar(select(_number(self.ids, others + 1) <= others)))


async def look_up(db: AsyncSession, words: Sequence[str]) -> Hits | None:
    """Ask the index, if there is something to ask and it is kept."""
    if db.get_bind().dialect.name != "sqlite" or not words or not await db.scalar(KEPT):
        return None
    padded = [word.rjust(LETTERS) for word in words]
    asked = {word[start : start + LETTERS] for word in padded for start in range(len(word) - LETTERS + 1)}
    expression = " AND ".join('"{}"'.format(letters.replace('"', '""')) for letters in sorted(asked))
    ids = select(column("rowid", Integer)).select_from(table(TABLE)).where(column(TABLE).match(expression))
    return Hits(ids, are_few=bool(await db.scalar(select(_number(ids, FEW) < FEW))))


def _number(rows: Select[Any], limit: int | ColumnElement[int]) -> ScalarSelect[int]:
    return select(func.count()).select_from(rows.limit(limit).subquery()).scalar_subquery()

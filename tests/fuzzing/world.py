"""The application with somebody and something in it, which is put back after each change."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any
from urllib.parse import unquote

import pytest
from quart import Quart
from sqlalchemy import Table, delete, insert, select
from werkzeug.routing import Rule

from app.accounts import invitations, links, roles, users
from app.accounts.models import Link, Permission, UserSession
from app.database import Model, transaction
from app.jobs.models import Job
from app.pages import pages, texts
from app.pages.models import PageRevision
from app.web.csrf import SAFE
from tests.fuzzing.requests import Known, Sent, Somebody, listen


@dataclass
class Answer:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass(repr=False)
class World:
    app: Quart
    people: dict[str, Somebody]
    known: Known
    rows: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)

    @classmethod
    async def around(cls, app: Quart, people: dict[str, Somebody], monkeypatch: pytest.MonkeyPatch) -> "World":
        """The world as it is, once it is known what every route asks for."""
        asked = defaultdict[str, set[str]](set)
        world = cls(app, people, Known(list(app.url_map.iter_rules()), asked, await _what_there_is(app)))
        async with app.app_context(), transaction() as db:
            for table in Model.metadata.sorted_tables:
                world.rows[table] = [dict(row._mapping) for row in await db.execute(select(table))]
        with monkeypatch.context() as patched:
            patched.setattr(app.request_class, "parameter_storage_class", listen(asked))
            asking = [people["visitor"], people["administrator"]]
            for rule, method, somebody in product(world.known.rules, ("GET", "POST"), asking):
                for sent in _plain(world.known, rule, method, somebody):
                    await world.ask(sent)
        return world

    async def ask(self, sent: Sent) -> Answer:
        """Send it to the application as the HTTP server would, and put back what it changes."""
        answer, answered = list[dict[str, Any]](), asyncio.Event()
        arriving, leaving = _receive(sent.body, answered), _keep(answer, answered)
        await self.app.asgi_app(_scope(sent), arriving, leaving)  # type: ignore[arg-type]
        status, headers = answer[0]["status"], [(bytes(name), bytes(value)) for name, value in answer[0]["headers"]]
        if sent.method not in SAFE and (status < 400 or b"set-cookie" in dict(headers)):
            await self._restore()
        return Answer(status, headers, b"".join(message["body"] for message in answer[1:]))

    async def _restore(self) -> None:
        async with self.app.app_context(), transaction() as db:
            for table in reversed(self.rows):
                await db.execute(delete(table))
            for table, rows in self.rows.items():
                if rows:
                    await db.execute(insert(table), rows)


async def _what_there_is(app: Quart) -> dict[str, list[str]]:
    """Add what is needed to get somewhere, and say what it is called in addresses and forms."""
    async with app.app_context(), transaction() as db:
        member = await users.find(db, "grace@example.com")
        root = await users.find(db, "radia@example.com")
        editors = await roles.make(db, name="Editors", permissions=Permission.GENERAL, index="main")
        invited = await invitations.invite(db, email="ada@example.com", first_name="Ada", last_name="L.", role=editors)
        for to, purpose in ((member, links.RESET), (member, links.CONFIRM), (invited, links.INVITE)):
            await links.issue(db, to, purpose)
        await links.issue(db, root, links.CHANGE_EMAIL, to="radia@example.org")
        await pages.save(db, "opening-hours", await texts.compose("*Always*"), by=root)
        there: dict[str, Iterable[object]] = {
            "user_id": [invited.id, member.id, root.id],
            "role_id": [editors.id],
            "revision_id": await db.scalars(select(PageRevision.id)),
            "job": await db.scalars(select(Job.id)),
            "session": ["others", *await db.scalars(select(UserSession.id))],
            "token": [links.token(link) for link in await db.scalars(select(Link))],
            "name": ["opening-hours", "about"],
            "job_name": ["jobs.purge"],
        }
        return {name: list(map(str, values)) for name, values in there.items()}


def _plain(known: Known, rule: Rule, method: str, somebody: Somebody) -> Iterator[Sent]:
    """Requests that no more is wrong with than that their form is empty, with each link that there is."""
    headers = {b"host": b"localhost", b"cookie": somebody.cookies, b"x-csrftoken": somebody.csrf_token}
    named = {name: known.there.get(name, ["1"]) for name in rule.arguments}
    for values in product(*named.values()) if method in (rule.methods or ()) else ():
        _, path = rule.build(dict(zip(named, values, strict=True))) or ("", "")
        yield Sent(method, path.encode(), b"", list(headers.items()))


def _scope(sent: Sent) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"spec_version": "2.3", "version": "3.0"},
        "http_version": "1.1",
        "method": sent.method,
        "scheme": "http",
        "path": unquote(sent.path.decode()),
        "raw_path": sent.path,
        "query_string": sent.query,
        "root_path": "",
        "headers": sent.headers,
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
        "extensions": {},
    }


def _receive(body: bytes, answered: asyncio.Event) -> Any:
    arriving = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if arriving:
            return arriving.pop()
        await answered.wait()
        return {"type": "http.disconnect"}

    return receive


def _keep(answer: list[dict[str, Any]], answered: asyncio.Event) -> Any:
    async def send(message: dict[str, Any]) -> None:
        answer.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            answered.set()

    return send

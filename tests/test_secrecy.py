"""A day of somebody's, in processes as they run in production: what they did is logged, and no secret of theirs is."""

import json
import re
from typing import Any

import pytest
from httpx2 import AsyncClient, AsyncHTTPTransport

from tests.people import PASSWORD
from tests.servers import MailServer, eventually, free_port, process, quart

NEW_PASSWORD = "analytical engine no. 1"
EMAIL = "ada@example.com"
LINK = re.compile(r"^http://[^/\s]+(/account/[\w-]+/\S+)\s*$", re.MULTILINE)  # with a token
OURS = {
    "READYZ_TOKEN": "a token of those who watch",
    "MAIL_KEY": "",
    "SECRET_KEY": "long enough to be taken for a secret",
}


class Browser:
    """Ada's, which remembers every secret that it saw."""

    def __init__(self, port: int) -> None:
        self.secrets = {PASSWORD, NEW_PASSWORD}
        self._client = AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Host": "localhost", "X-Request-ID": "a-request-of-adas"},
            transport=AsyncHTTPTransport(retries=5),
        )

    async def submit(self, path: str, **fields: str) -> None:
        page = await self._client.get(path)
        [token] = set(re.findall(r'name="csrf_token" value="(\w+)"', page.text)) or {""}
        answer = await self._client.post(path, data=fields | {"csrf_token": token})
        assert answer.status_code in {200, 302, 303}, (path, answer.status_code)
        self.secrets |= {token, *self._client.cookies.values()}

    async def close(self) -> None:
        await self._client.aclose()

    async def metrics(self) -> str:
        answer = await self._client.get("/metrics", headers={"Authorization": f"Bearer {OURS['READYZ_TOKEN']}"})
        return answer.text

    async def fail(self) -> None:
        """Try what is refused, with secrets where they do not belong."""
        await self._client.get(f"/account/login?password={PASSWORD}&token=hunter2hunter2")
        await self._client.post(
            "/account/login", data={"password": PASSWORD}, headers={"Authorization": "Bearer hunter2"}
        )


async def _a_day(browser: Browser, mail_server: MailServer) -> None:
    names = {"first_name": "Ada", "last_name": "Lovelace"}
    await browser.submit("/account/register", **names, email=EMAIL, password=PASSWORD, password2=PASSWORD)
    await browser.submit(await _link(mail_server, browser, 1))
    await browser.submit("/account/login", email=EMAIL, password=PASSWORD)
    await browser.submit(
        "/account/manage/change-password", old_password=PASSWORD, new_password=NEW_PASSWORD, new_password2=NEW_PASSWORD
    )
    await browser.submit("/account/logout")
    await browser.submit("/account/reset-password", email=EMAIL)
    await browser.submit(await _link(mail_server, browser, 2), new_password=PASSWORD, new_password2=PASSWORD)
    await browser.fail()


async def _link(mail_server: MailServer, browser: Browser, number: int) -> str:
    def links() -> list[str]:
        texts = [mail.get_body(("plain",)).get_content() for mail in mail_server.to(EMAIL)]  # type: ignore[union-attr]
        return [found[1] for text in texts if (found := LINK.search(text))]

    await eventually(lambda: len(links()) >= number)
    browser.secrets.add(links()[-1].rpartition("/")[2])
    return links()[-1]


@pytest.mark.usefixtures("app")
async def test_the_log_tells_what_happened_and_no_secret(environment: dict[str, str], mail_server: MailServer) -> None:
    port, log = free_port(), list[str]()
    told = environment | OURS | {"PORT": str(port), "LOG_LEVEL": "info", "LOG_FORMAT": "json", "WEB_CONCURRENCY": "2"}
    browser = Browser(port)
    async with (
        process(*quart("worker"), environment=told, until="worker.started", log=log),
        process(*quart("web"), environment=told, until="web.started", log=log),
    ):
        await _a_day(browser, mail_server)
        log += (await browser.metrics()).splitlines()
        await browser.close()
    lines: list[dict[str, Any]] = [json.loads(line) for line in log if line.startswith("{")]
    done = [line for line in lines if line["event"] == "job.done" and line["job"] == "mail"]
    assert len(done) >= 3
    assert all(line["request_id"] == "a-request-of-adas" for line in done)
    routes = {line["route"] for line in lines if line["event"] == "request"}
    assert {"/account/register", "/account/confirm-account/<token>", "/account/reset-password/<token>"} <= routes
    everything = "\n".join(log)
    assert 'route="/account/login"' in everything
    for secret in browser.secrets | set(OURS.values()) | {"hunter2"}:
        assert not secret or secret not in everything

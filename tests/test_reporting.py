"""Errors are reported, and what lets somebody in is not."""

import gzip
import re

import brotli
import httpx2
import pytest
from quart import Quart
from structlog.contextvars import bound_contextvars

from tests import failing
from tests.jobs.labour import promise
from tests.people import PASSWORD
from tests.servers import ROOT, Request, WebServer, eventually, free_port, process, quart

TOKEN, SECRET_KEY, KEY = "c0ffee.b4b3", "long enough to be taken for a secret", "key-0123456789"

UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.usefixtures("app")
async def test_an_error_is_reported_without_password_cookie_or_token(environment: dict[str, str]) -> None:
    with WebServer() as listener:
        address = f"http://127.0.0.1:{(port := free_port())}"
        reporting = {
            "QUART_APP": "tests.failing",
            "PYTHONPATH": str(ROOT),
            "PORT": str(port),
            "BASE_URL": address,
            "LOG_LEVEL": "info",
            "SECRET_KEY": SECRET_KEY,
            "SENTRY_DSN": f"http://public@{listener.address}/1",
            "RAYGUN_APIKEY": "raygun-key",
            "RAYGUN_HOST": listener.address,
        }
        async with process(*quart("web"), environment=environment | reporting, until="web.started"):
            secrets = await _fail(address)
            await eventually(lambda: len(listener.posted) >= 2)
    reports = {request.path: _text(request) for request in listener.posted}
    assert set(reports) == {"/api/1/envelope/", "/entries"}
    for report in reports.values():
        assert "RuntimeError" in report
        assert "23 characters, and 11" in report
        assert "/fail/<token>" in report
        assert "a-request-of-ours" in report
        for secret in (*secrets, environment["DATABASE_URL"]):
            assert secret not in report


async def test_a_job_that_dies_is_reported_by_the_worker_with_the_request_that_it_follows_from(
    app: Quart, environment: dict[str, str]
) -> None:
    with WebServer() as listener:
        reporting = {
            "QUART_APP": "tests.failing",
            "PYTHONPATH": str(ROOT),
            "LOG_LEVEL": "info",
            "LOG_FORMAT": "json",
            "MAIL_KEY": KEY,
            "SENTRY_DSN": f"http://public@{listener.address}/1",
            "RAYGUN_APIKEY": "raygun-key",
            "RAYGUN_HOST": listener.address,
        }
        with bound_contextvars(request_id="a-request-of-ours"):
            await promise(app, failing.fail_at_work)
        log: list[str] = []
        async with process(*quart("worker"), environment=environment | reporting, until="worker.started", log=log):
            await eventually(lambda: len(listener.posted) >= 2)
    reports = {request.path: _text(request) for request in listener.posted}
    assert set(reports) == {"/api/1/envelope/", "/entries"}
    [died] = [line for line in log if '"event": "job.dead"' in line]
    for told in (*reports.values(), died):
        assert "a stone in the way" in told
        assert "a-request-of-ours" in told
        assert "tests.fail" in told
        for secret in (PASSWORD, KEY):
            assert secret not in told


async def _fail(address: str) -> list[str]:
    """Send a form that makes the application fail, and return what nobody else may learn."""
    patient = httpx2.AsyncHTTPTransport(retries=5)  # the log says "started" a moment before the port is open
    async with httpx2.AsyncClient(base_url=address, transport=patient) as browser:
        login = await browser.get("/account/login")
        token = re.search(r'name="csrf_token" value="(\w+)"', login.text)
        assert token
        form = {"password": PASSWORD, "csrf_token": token[1]}
        headers = {"X-Request-ID": "a-request-of-ours", "X-CSRFToken": token[1], "Authorization": "Bearer hunter2"}
        failed = await browser.post(f"/fail/{TOKEN}?code=hunter2", data=form, headers=headers)
        assert failed.status_code == 500
        return [PASSWORD, TOKEN, SECRET_KEY, "hunter2", token[1], *browser.cookies.values()]


def _text(request: Request) -> str:
    unpack = UNPACK.get(request.headers["Content-Encoding"], bytes)
    return str(unpack(request.body), "utf-8")

"""The application with a page and a job that fail: `QUART_APP=tests.failing`."""

import os
from typing import NoReturn

from quart import Quart, request
from raygun4py.raygunprovider import RaygunSender

import app
from app.jobs import job
from tests.people import PASSWORD

RaygunSender.endpointprotocol = "http://"  # the host of Raygun cannot be set otherwise
RaygunSender.endpointhost = os.environ.get("RAYGUN_HOST", "")


@job(name="tests.fail", tries=1)
async def fail_at_work() -> NoReturn:
    raise RuntimeError(f"a stone in the way, password='{PASSWORD}' and {os.environ['MAIL_KEY']}")


def create_app() -> Quart:
    failing = app.create_app()

    @failing.post("/fail/<token>")
    async def fail(token: str) -> NoReturn:
        password = (await request.form)["password"]
        raise RuntimeError(f"{len(password)} characters, and {len(token)}")

    return failing

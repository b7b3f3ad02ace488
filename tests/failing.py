"""The application with a page that fails: `QUART_APP=tests.failing`."""

import os
from typing import NoReturn

from quart import Quart, request
from raygun4py.raygunprovider import RaygunSender

import app

RaygunSender.endpointprotocol = "http://"  # the host of Raygun cannot be set otherwise
RaygunSender.endpointhost = os.environ.get("RAYGUN_HOST", "")


def create_app() -> Quart:
    failing = app.create_app()

    @failing.post("/fail/<token>")
    async def fail(token: str) -> NoReturn:
        password = (await request.form)["password"]
        raise RuntimeError(f"{len(password)} characters, and {len(token)}")

    return failing

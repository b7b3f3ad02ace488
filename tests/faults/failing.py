"""The application with failures in every place: `QUART_APP=tests.faults.failing`."""

from typing import NoReturn

from quart import Quart, current_app, request

import app


def create_app() -> Quart:
    failing = app.create_app()

    @failing.before_request
    async def fail_before() -> None:
        if request.path == "/fail/before":
            raise RuntimeError("before the request")

    @failing.get("/fail/template")
    async def fail_in_template() -> str:
        return current_app.jinja_env.from_string("{{ nobody.name }}").render()

    @failing.get("/fail/background")
    async def fail_in_background() -> str:
        current_app.add_background_task(fail)
        return "begun"

    @failing.get("/fail/handler")
    async def fail() -> NoReturn:
        raise RuntimeError("in a handler")

    return failing

"""What every response tells the browser to be strict about."""

import pytest
from quart import Quart

from tests.people import Person

STRICT = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' https:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize(
    "path", ["/", "/account/login", "/account/manage", "/no/such/page", "/admin", "/static/logo.svg", "/healthz"]
)
async def test_pages_redirects_errors_and_files_are_strict(ada: Person, path: str) -> None:
    page = await ada.visit(path)
    assert {name: page.headers.get(name) for name in STRICT} == STRICT


async def test_refusals_before_any_route_are_strict_too(ada: Person) -> None:
    for page in (
        await ada.post("/account/login"),
        await ada.visit("/", headers={"Host": "evil.example"}),
        await ada.post("/account/login", {"email": "x" * 70_000}),
    ):
        assert page.status in {400, 413}
        assert {name: page.headers.get(name) for name in STRICT} == STRICT


async def test_what_is_personal_is_kept_nowhere(ada: Person, grace: Person) -> None:
    assert "no-store" not in (await ada.visit("/")).headers.get("Cache-Control", "")
    assert (await ada.visit("/account/login")).headers["Cache-Control"] == "no-store"
    await grace.log_in()
    for path in ("/", "/about", "/account/manage", "/no/such/page"):
        assert (await grace.visit(path)).headers["Cache-Control"] == "no-store"


async def test_caches_tell_visitors_from_members_where_pages_differ(ada: Person) -> None:
    for path in ("/", "/about", "/account/login", "/no/such/page", "/account/manage"):
        assert "Cookie" in (await ada.visit(path)).headers["Vary"]
    for path in ("/static/logo.svg", "/healthz", "/robots.txt"):
        assert "Cookie" not in (await ada.visit(path)).headers.get("Vary", "")


async def test_a_head_that_is_too_long_is_refused_and_does_not_keep_its_owner_out(ada: Person) -> None:
    page = await ada.visit("/", headers={"Cookie": "x=" + "y" * 17_000})
    assert (page.status, page.heading) == (431, "That is too much at once")
    assert page.headers["Clear-Site-Data"] == '"cookies"'
    assert (await ada.visit("/", headers={f"X-{number}": "1" for number in range(101)})).status == 431
    assert (await ada.visit("/", headers={"X-Long": "y" * 15_000})).status == 200


async def test_nothing_in_a_page_breaks_the_policy(ada: Person, root: Person) -> None:
    await root.log_in()
    for page in (await ada.visit("/"), await ada.visit("/account/register"), await root.visit("/admin/users")):
        assert not page.soup.select("script:not([src]), style, [style], [onclick], [onload], [onsubmit]")


async def test_over_https_the_browser_is_told_to_stay_there(ada: Person, over_https: Quart) -> None:
    assert "Strict-Transport-Security" not in (await ada.visit("/")).headers
    ada.browser = over_https.test_client()
    for proto in ("http", "https"):
        page = await ada.visit("/", headers={"X-Forwarded-Proto": proto})
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


async def test_no_other_site_may_read_our_answers(ada: Person) -> None:
    for path in ("/", "/account/login", "/healthz", "/static/logo.svg"):
        page = await ada.visit(path, headers={"Origin": "https://evil.example"})
        assert not [name for name, _ in page.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/no/such/page", "text/html; charset=utf-8"),
        ("/static/logo.svg", "image/svg+xml; charset=utf-8"),
        ("/healthz", "application/json"),
    ],
)
async def test_every_answer_says_what_it_is(ada: Person, path: str, content_type: str) -> None:
    assert (await ada.visit(path)).headers["Content-Type"] == content_type

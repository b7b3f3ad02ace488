"""A mail server with moods."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers import MailServer

Mood = Callable[[SMTP, Envelope], Awaitable[str]]


class MoodyMailServer(MailServer):
    """Does with each mail what its mood says; by default it keeps it."""

    mood: Mood | None = None

    def becomes(self, **options: Any) -> None:
        """Start again as a server with other options of aiosmtpd's."""
        self.stop()
        self.options = options
        self.start()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.mood is not None:
            return await self.mood(server, envelope)
        return await super().handle_DATA(server, session, envelope)

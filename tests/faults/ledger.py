"""What the clients were told, against what became of it."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import EmailMessage

CONFIRM, RESET = "Confirm Your Account", "Reset Your Password"
PATIENCE = 5  # seconds that any answer may take


@dataclass(frozen=True)
class Answer:
    """What came back for one request, and after how many seconds."""

    request: str
    status: int
    seconds: float


@dataclass(frozen=True)
class Promise:
    """An action that was answered with success: its user exists, and a mail with this subject reaches them."""

    email: str
    subject: str
    at: float = field(default_factory=time.monotonic, compare=False)


@dataclass
class Ledger:
    """Every answer, every promise, and how many processes we killed that may have been sending."""

    answers: list[Answer] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    unanswered: int = 0
    crashes: int = 0

    @property
    def refused(self) -> int:
        return sum(answer.status == 503 for answer in self.answers)

    @property
    def slowest(self) -> float:
        return max((answer.seconds for answer in self.answers), default=0)

    def undelivered(self, received: Iterable[EmailMessage]) -> set[Promise]:
        arrived = {(mail["To"], subject_of(mail)) for mail in received}
        return {promise for promise in self.promises if (promise.email, promise.subject) not in arrived}

    def check(self, *, users: set[str], administrator: str, received: list[EmailMessage]) -> None:
        """Hold the promises against the users that there are and the mails that arrived."""
        broken = [answer for answer in self.answers if answer.status >= 500 and answer.status != 503]
        assert not broken, f"failed instead of refusing: {broken}"
        assert not [answer for answer in self.answers if answer.seconds > PATIENCE], f"slowest: {self.slowest}"
        assert {promise.email for promise in self.promises} <= users, "an accepted action is lost"
        assert not self.undelivered(received), "a promised mail is lost"
        assert {mail["To"] for mail in received} <= users | {administrator}, "a mail without its user"
        confirmed = [mail for mail in received if subject_of(mail) == CONFIRM]
        assert {mail["To"] for mail in confirmed} == users, "a user without the mail"
        copies = Counter(mail["Message-ID"] for mail in received)
        assert len({mail["Message-ID"] for mail in confirmed}) == len(users), "one promise, two mails"
        assert duplicates(received) <= self.crashes, f"more duplicates than crashes: {copies.most_common(5)}"


def duplicates(received: Iterable[EmailMessage]) -> int:
    return sum(number - 1 for number in Counter(mail["Message-ID"] for mail in received).values())


def subject_of(mail: EmailMessage) -> str:
    return str(mail["Subject"]).partition("] ")[2]

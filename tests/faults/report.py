"""The table of the faults that were played, for people."""

from dataclasses import dataclass

from tests.faults.ledger import duplicates
from tests.faults.stack import Stack
from tests.servers import ROOT

FILE = ROOT / "var" / "faults.md"
HEAD = (
    "| | fault | database | accepted | lost | duplicates / crashes | 503 | unanswered | slowest answer | recovery |\n"
    "|---|---|---|---|---|---|---|---|---|---|\n"
)


@dataclass(frozen=True)
class Row:
    """What was seen of one fault."""

    number: str
    fault: str
    database: str
    stack: Stack

    def __str__(self) -> str:
        ledger, received = self.stack.ledger, self.stack.mail_server.received
        cells = [
            self.number,
            self.fault,
            self.database,
            len(ledger.promises),
            len(ledger.undelivered(received)),
            f"{duplicates(received)} / {ledger.crashes}",
            ledger.refused,
            ledger.unanswered,
            f"{ledger.slowest:.2f} s",
            f"{self.stack.recovery:.1f} s",
        ]
        return f"| {' | '.join(map(str, cells))} |"


def write(rows: list[Row]) -> str:
    table = HEAD + "\n".join(map(str, rows)) + "\n"
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(table)
    return table

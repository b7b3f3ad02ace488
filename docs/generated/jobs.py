"""Every job with its timetable, and every kind of mail."""

from app.jobs.registry import DECLARED
from app.mail.kinds import KINDS
from app.web.templating import duration
from generated.writing import application, code, table


def markdown() -> str:
    application()  # with it come all jobs
    jobs = [
        (code(job.name), job.summary, job.timing if job.timetable else "", str(job.tries or ""), duration(job.timeout))
        for _, job in sorted(DECLARED.items())
    ]
    mails = [(code(name), kind.subject, code(kind.compose.__module__)) for name, kind in sorted(KINDS.items())]
    return "\n".join(
        (
            "## Jobs\n",
            table(("name", "does", "starts (UTC)", "tries", "may take"), jobs),
            "## Mails\n",
            table(("kind", "subject", "declared in"), mails),
        )
    )

"""jobs, of which mail is one

Revision ID: df162226eeec
Revises: ae83dd815161
Create Date: 2026-11-22 17:01:12.614689
"""

import sqlalchemy as sa
from alembic import op

revision = "df162226eeec"
down_revision = "ae83dd815161"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=True),
        sa.Column("lane", sa.String(length=255), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "running",
                "done",
                "dead",
                "expired",
                "superseded",
                "discarded",
                name="state",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobs_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_jobs_finished_at"), ["finished_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_jobs_state_name"), ["state", "name"], unique=False)
        batch_op.create_index(
            "uq_jobs_key_pending",
            ["key"],
            unique=True,
            postgresql_where=sa.text("state = 'pending'"),
            sqlite_where=sa.text("state = 'pending'"),
        )

    op.create_table(
        "schedules",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedules")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=255), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.add_column(sa.Column("job_id", sa.Integer(), nullable=True))
    _turn_mails_into_jobs()
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.alter_column("job_id", nullable=False)
        batch_op.drop_index(batch_op.f("ix_mails_state_due_at"))
        batch_op.create_unique_constraint(batch_op.f("uq_mails_job_id"), ["job_id"])
        batch_op.create_foreign_key(batch_op.f("fk_mails_job_id_jobs"), "jobs", ["job_id"], ["id"], ondelete="CASCADE")
        batch_op.drop_column("state")
        batch_op.drop_column("attempt")
        batch_op.drop_column("reason")
        batch_op.drop_column("sent_at")
        batch_op.drop_column("lease_until")
        batch_op.drop_column("due_at")


def _turn_mails_into_jobs() -> None:
    postgresql = op.get_context().dialect.name == "postgresql"
    json_object = "json_build_object" if postgresql else "json_object"
    op.execute(f"""
        INSERT INTO jobs
            (id, name, arguments, lane, state, attempt, reason, created_at, due_at, started_at, finished_at)
        SELECT id, 'mail', {json_object}('message_id', message_id), 'mail',
               CASE state WHEN 'sending' THEN 'running' WHEN 'sent' THEN 'done' ELSE state END,
               attempt, reason, created_at,
               CASE state WHEN 'pending' THEN due_at WHEN 'sending' THEN lease_until END,
               CASE WHEN attempt > 0 THEN created_at END,
               CASE state WHEN 'sent' THEN sent_at WHEN 'dead' THEN due_at END
        FROM mails
    """)  # noqa: S608 (one of two names)
    op.execute("UPDATE mails SET job_id = id")
    if postgresql:
        op.execute("SELECT setval('jobs_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM jobs), false)")


def downgrade() -> None:
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("attempt", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("state", sa.String(length=16), nullable=True))
    _turn_jobs_into_mails()
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_mails_job_id_jobs"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_mails_job_id"), type_="unique")
        batch_op.alter_column("due_at", nullable=False)
        batch_op.alter_column("attempt", nullable=False)
        batch_op.alter_column("state", nullable=False)
        batch_op.create_index(batch_op.f("ix_mails_state_due_at"), ["state", "due_at"], unique=False)
        batch_op.drop_column("job_id")

    op.drop_table("workers")
    op.drop_table("schedules")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_jobs_key_pending",
            postgresql_where=sa.text("state = 'pending'"),
            sqlite_where=sa.text("state = 'pending'"),
        )
        batch_op.drop_index(batch_op.f("ix_jobs_state_name"))
        batch_op.drop_index(batch_op.f("ix_jobs_finished_at"))
        batch_op.drop_index(batch_op.f("ix_jobs_due_at"))

    op.drop_table("jobs")


def _turn_jobs_into_mails() -> None:
    op.execute("""
        UPDATE mails SET
            state = CASE jobs.state
                WHEN 'pending' THEN 'pending' WHEN 'running' THEN 'sending' WHEN 'done' THEN 'sent' ELSE 'dead' END,
            attempt = jobs.attempt, reason = jobs.reason, due_at = coalesce(jobs.due_at, jobs.finished_at),
            lease_until = CASE jobs.state WHEN 'running' THEN jobs.due_at END,
            sent_at = CASE jobs.state WHEN 'done' THEN jobs.finished_at END
        FROM jobs WHERE jobs.id = mails.job_id
    """)

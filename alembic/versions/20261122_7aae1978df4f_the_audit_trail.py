"""the audit trail

Revision ID: 7aae1978df4f
Revises: df162226eeec
Create Date: 2026-11-22 17:34:28.399798
"""

import sqlalchemy as sa
from alembic import op

revision = "7aae1978df4f"
down_revision = "df162226eeec"
branch_labels = None
depends_on = None

# Nothing is changed, and nothing is forgotten that is younger than a month, whoever asks; what is older may be purged.
# A later migration that lets SQLite copy this table (`batch_alter_table`) has to create the triggers again.
POSTGRESQL = [
    """
    CREATE OR REPLACE FUNCTION refuse_to_rewrite_history() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the audit trail is append-only';
    END $$
    """,
    """
    CREATE TRIGGER audit_events_are_not_changed BEFORE UPDATE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_history()
    """,
    """
    CREATE TRIGGER audit_events_are_kept BEFORE DELETE ON audit_events
    FOR EACH ROW WHEN (OLD.created_at > now() - interval '30 days') EXECUTE FUNCTION refuse_to_rewrite_history()
    """,
    """
    CREATE TRIGGER audit_events_are_not_emptied BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_history()
    """,
]
SQLITE = [
    """
    CREATE TRIGGER audit_events_are_not_changed BEFORE UPDATE ON audit_events
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
    """,
    """
    CREATE TRIGGER audit_events_are_kept BEFORE DELETE ON audit_events
    WHEN OLD.created_at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-30 days')
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
    """,
    """
    CREATE TRIGGER audit_events_are_not_replaced BEFORE INSERT ON audit_events
    WHEN EXISTS (SELECT 1 FROM audit_events WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END
    """,
]


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=254), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("target", sa.String(length=254), nullable=False),
        sa.Column("details", sa.String(length=600), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("agent", sa.String(length=255), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_events_action_id"), ["action", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_events_actor_id_id"), ["actor_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_events_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_events_person_id_id"), ["person_id", "id"], unique=False)
    for statement in POSTGRESQL if op.get_context().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_events_person_id_id"))
        batch_op.drop_index(batch_op.f("ix_audit_events_created_at"))
        batch_op.drop_index(batch_op.f("ix_audit_events_actor_id_id"))
        batch_op.drop_index(batch_op.f("ix_audit_events_action_id"))

    op.drop_table("audit_events")  # and with it its triggers
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_to_rewrite_history()")

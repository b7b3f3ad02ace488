"""when a session's token was given

Revision ID: 3c1f0a9d7e52
Revises: 6f564da7b0b0
Create Date: 2026-11-22 22:03:10.214586
"""

import sqlalchemy as sa
from alembic import op

revision = "3c1f0a9d7e52"
down_revision = "6f564da7b0b0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("former_hash", sa.String(length=64), nullable=True))
        batch_op.create_index(batch_op.f("ix_user_sessions_former_hash"), ["former_hash"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_sessions_former_hash"))
        batch_op.drop_column("former_hash")
        batch_op.drop_column("issued_at")

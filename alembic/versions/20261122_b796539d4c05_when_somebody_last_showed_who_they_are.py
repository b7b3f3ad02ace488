"""when somebody last showed who they are

Revision ID: b796539d4c05
Revises: 7aae1978df4f
Create Date: 2026-11-22 17:50:13.651071
"""

import sqlalchemy as sa
from alembic import op

revision = "b796539d4c05"
down_revision = "7aae1978df4f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("authenticated_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.drop_column("authenticated_at")

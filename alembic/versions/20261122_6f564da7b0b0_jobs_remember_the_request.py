"""jobs remember the request that they follow from

Revision ID: 6f564da7b0b0
Revises: b796539d4c05
Create Date: 2026-11-22 18:47:05.753755
"""

import sqlalchemy as sa
from alembic import op

revision = "6f564da7b0b0"
down_revision = "b796539d4c05"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("request_id", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_column("request_id")

"""people are found by a part of their name

Revision ID: 5b7d2c9e4a10
Revises: 3c1f0a9d7e52
Create Date: 2026-11-23 00:52:41.731204
"""

from alembic import op

revision = "5b7d2c9e4a10"
down_revision = "3c1f0a9d7e52"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")  # a trusted one: the database's owner may
        op.create_index(
            "ix_users_search",
            "users",
            ["first_name", "last_name", "email"],
            postgresql_using="gin",
            postgresql_ops=dict.fromkeys(["first_name", "last_name", "email"], "gin_trgm_ops"),
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_users_search", "users")

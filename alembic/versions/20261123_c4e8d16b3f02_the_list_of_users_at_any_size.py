"""the list of users at any size

Revision ID: c4e8d16b3f02
Revises: 5b7d2c9e4a10
Create Date: 2026-11-23 03:31:18.204417
"""

import sqlalchemy as sa
from alembic import op

revision = "c4e8d16b3f02"
down_revision = "5b7d2c9e4a10"
branch_labels = None
depends_on = None

confirmed = sa.column("confirmed", sa.Boolean())  # SQLite uses such an index for what is asked in the very same words
chosen, active = sa.column("password_hash").is_not(None), sa.column("deactivated_at").is_(None)
STATUSES = {
    "confirmed": sa.and_(confirmed.is_(True), chosen, active),
    "unconfirmed": sa.and_(confirmed.is_(False), chosen, active),
    "invited": sa.and_(sa.column("password_hash").is_(None), active),
    "deactivated": sa.column("deactivated_at").is_not(None),
}


def upgrade() -> None:
    for column in ("first_name", "last_name", "role_id"):
        op.drop_index(f"ix_users_{column}", "users")
        op.create_index(f"ix_users_{column}_id", "users", [column, "id"])
    for status, where in STATUSES.items():
        op.create_index(f"ix_users_{status}", "users", ["role_id"], postgresql_where=where, sqlite_where=where)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_users_search", "users")
        op.create_index(
            "ix_users_search",
            "users",
            [sa.text("(' ' || first_name || ' ' || last_name || ' ' || email) gin_trgm_ops")],
            postgresql_using="gin",
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_users_search", "users")
        op.create_index(
            "ix_users_search",
            "users",
            ["first_name", "last_name", "email"],
            postgresql_using="gin",
            postgresql_ops=dict.fromkeys(["first_name", "last_name", "email"], "gin_trgm_ops"),
        )
    for status in STATUSES:
        op.drop_index(f"ix_users_{status}", "users")
    for column in ("first_name", "last_name", "role_id"):
        op.drop_index(f"ix_users_{column}_id", "users")
        op.create_index(f"ix_users_{column}", "users", [column])

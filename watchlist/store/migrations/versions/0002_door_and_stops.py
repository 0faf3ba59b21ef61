"""What the door keeps over a restart, what owners ask for, the kill switch, feeds that move and pages that fail.

The way back is the copy in the home's backups/, so there is no downgrade.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _door()
    _stops()
    _sources()


def _door() -> None:
    """What the door remembers, its counters, and what owners ask for."""
    op.create_table(
        "door_memory",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_memory")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_door_memory_kind_key")),
    )
    op.create_index("ix_door_memory_expires_at", "door_memory", ["expires_at"])
    op.create_table(
        "fetch_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_url", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fetch_count")),
        sa.UniqueConstraint("host", "reason", name=op.f("uq_fetch_count_host_reason")),
    )
    op.create_index("ix_fetch_count_last_at", "fetch_count", ["last_at"])
    op.create_table(
        "wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish")),
        sa.UniqueConstraint("url", name=op.f("uq_wish_url")),
    )


def _stops() -> None:
    """The kill switch."""
    op.create_table(
        "stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_stop_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop")),
        sa.UniqueConstraint("host", name=op.f("uq_stop_host")),
        sa.UniqueConstraint("person_id", name=op.f("uq_stop_person_id")),
    )


def _sources() -> None:
    """Feeds that move or say why not, and people's pages that fail."""
    with op.batch_alter_table("feed") as feed:
        feed.add_column(sa.Column("detail", sa.String(), nullable=True))
        feed.add_column(sa.Column("former_urls", sa.JSON(), nullable=True))
        feed.add_column(sa.Column("moving_to", sa.String(), nullable=True))
        feed.add_column(sa.Column("moving_since", sa.DateTime(timezone=True), nullable=True))
        feed.add_column(sa.Column("moving_seen", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("profile") as profile:
        profile.add_column(sa.Column("reason", sa.String(), nullable=True))
        profile.add_column(sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
        profile.add_column(sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))

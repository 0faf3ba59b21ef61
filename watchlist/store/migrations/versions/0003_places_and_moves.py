"""What sources say of organisations, pages that show people, moves with a page behind each side, hints and gaps.

The way back is the copy in the home's backups/, so there is no downgrade.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEPT_PAGE = """
UPDATE move SET
  key = person_id || ':' || kind || ':' || from_position_id || ':' || to_position_id,
  before_url = (SELECT page_url FROM position WHERE position.id = move.from_position_id),
  before_at = (SELECT position.seen_at FROM position WHERE position.id = move.from_position_id),
  after_url = (SELECT page_url FROM position WHERE position.id = move.to_position_id),
  after_at = (SELECT position.first_seen_at FROM position WHERE position.id = move.to_position_id)
"""


def upgrade() -> None:
    _organisations()
    _pages()
    _moves()
    _gaps()
    _positions()


def _organisations() -> None:
    """What sources say of an organisation, what `companies check` found, and what a list was ranked by."""
    op.create_table(
        "organization_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("as_of", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        _belongs_to("organization_fact", "organization"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_fact")),
        sa.UniqueConstraint(
            "organization_id", "kind", "source", name=op.f("uq_organization_fact_organization_id_kind_source")
        ),
    )
    with op.batch_alter_table("organization") as organization:
        organization.add_column(sa.Column("site_checked_at", sa.DateTime(timezone=True), nullable=True))
        organization.add_column(sa.Column("site_reason", sa.String(), nullable=True))
        organization.add_column(sa.Column("site_moved_to", sa.String(), nullable=True))
    with op.batch_alter_table("list_entry") as entry:
        entry.add_column(sa.Column("measure", sa.String(), nullable=True))
        entry.add_column(sa.Column("value", sa.Float(), nullable=True))
        entry.add_column(sa.Column("unit", sa.String(), nullable=True))


def _pages() -> None:
    """Pages that show people, and signs that somebody moved."""
    op.create_table(
        "leader_page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("first_read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        _belongs_to("leader_page", "organization"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leader_page")),
        sa.UniqueConstraint("organization_id", "url", name=op.f("uq_leader_page_organization_id_url")),
    )
    op.create_table(
        "move_hint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        _belongs_to("move_hint", "organization"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_move_hint")),
        sa.UniqueConstraint("organization_id", "url", "kind", name=op.f("uq_move_hint_organization_id_url_kind")),
    )


def _moves() -> None:
    """One side of a move may be empty (joined, left); both cite the page as it was."""
    kept = {"sqlite_autoincrement": True}
    with op.batch_alter_table("move", table_kwargs=kept) as move:
        for text in ("key", "before_url", "after_url"):
            move.add_column(sa.Column(text, sa.String(), nullable=True))
        for time in ("before_at", "after_at"):
            move.add_column(sa.Column(time, sa.DateTime(timezone=True), nullable=True))
        move.drop_constraint(op.f("uq_move_person_id_to_position_id"), type_="unique")
    op.execute(_KEPT_PAGE)
    with op.batch_alter_table("move", table_kwargs=kept) as move:
        for text in ("key", "before_url", "after_url"):
            move.alter_column(text, existing_type=sa.String(), nullable=False)
        for time in ("before_at", "after_at"):
            move.alter_column(time, existing_type=sa.DateTime(timezone=True), nullable=False)
        for side in ("from_position_id", "to_position_id"):
            move.alter_column(side, existing_type=sa.Integer(), nullable=True)
            move.create_index(op.f(f"ix_move_{side}"), [side])
        move.create_index("ix_move_person_id", ["person_id"])
        move.create_unique_constraint(op.f("uq_move_key"), ["key"])


def _positions() -> None:
    """A role has its source's own dates, and a number for each time it was begun; those known so far are first ones."""
    with op.batch_alter_table("position") as position:
        position.add_column(sa.Column("started_on", sa.String(), nullable=True))
        position.add_column(sa.Column("ended_on", sa.String(), nullable=True))
        position.add_column(sa.Column("term", sa.Integer(), nullable=False, server_default="1"))
        position.add_column(sa.Column("arrived", sa.Boolean(), nullable=False, server_default=sa.false()))
        position.drop_constraint(op.f("uq_position_person_id_organisation_key_title_section"), type_="unique")
    with op.batch_alter_table("position") as position:
        position.alter_column("term", existing_type=sa.Integer(), server_default=None)
        position.alter_column("arrived", existing_type=sa.Boolean(), server_default=None)
        position.create_unique_constraint(
            op.f("uq_position_person_id_organisation_key_title_section_term"),
            ["person_id", "organisation_key", "title", "section", "term"],
        )


def _gaps() -> None:
    """Companies that a user does not want to search any further."""
    op.create_table(
        "gap_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        _belongs_to("gap_mark", "goal"),
        _belongs_to("gap_mark", "organization"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_gap_mark_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_mark")),
        sa.UniqueConstraint("goal_id", "organization_id", name=op.f("uq_gap_mark_goal_id_organization_id")),
    )
    op.create_index(op.f("ix_gap_mark_organization_id"), "gap_mark", ["organization_id"])
    op.create_index(op.f("ix_gap_mark_user_id"), "gap_mark", ["user_id"])


def _belongs_to(table: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{other}_id")
    return sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=name, ondelete="CASCADE")

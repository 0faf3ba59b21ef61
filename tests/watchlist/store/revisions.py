"""A schema step that does not exist yet: the shipped schema is the old one then, with real data in it."""

from __future__ import annotations

from pathlib import Path

from alembic.script import ScriptDirectory

from watchlist.store.migrate import VERSIONS, alembic_config

NEXT = "9999"

STEP = """
import sqlalchemy as sa
from alembic import op

revision = "{next}"
down_revision = "{head}"


def upgrade():
    op.create_table("badge", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("event") as table:
        table.add_column(sa.Column("city", sa.String(), nullable=False, server_default="unknown"))
        table.drop_column("field")
    op.execute("UPDATE event SET name = upper(name)")
    op.create_index("ix_event_city", "event", ["city"])
"""


def shipped_head() -> str:
    """The newest revision that the program ships."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert head is not None
    return head


def with_next_step(folder: Path, step: str = STEP) -> tuple[Path, Path]:
    """The shipped versions and, in `folder`, one more that follows them."""
    folder.mkdir(exist_ok=True)
    (folder / f"{NEXT}_next.py").write_text(step.format(next=NEXT, head=shipped_head()))
    return VERSIONS, folder

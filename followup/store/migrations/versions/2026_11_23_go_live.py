"""A clinic may be held until it goes live (those that are there stay live); staff may page themselves."""

import sqlalchemy as sa
from alembic import op

from followup.store.types import Moment

revision = "2026_11_23_go_live"
down_revision = "2026_11_23_dashboard"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("clinics", sa.Column("held_since", Moment(), nullable=True))
    with op.batch_alter_table("drills") as table:
        table.add_column(sa.Column("only", sa.Uuid(), nullable=True))
        table.create_foreign_key("fk_drills_only", "staff", ["only"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("drills") as table:
        table.drop_constraint("fk_drills_only", type_="foreignkey")
        table.drop_column("only")
    op.drop_column("clinics", "held_since")

"""A clinic whose messages are held until it goes live; every clinic that is there stays live."""

import sqlalchemy as sa
from alembic import op

from followup.store.types import Moment

revision = "2026_11_23_go_live"
down_revision = "2026_11_23_escalation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("clinics", sa.Column("held_since", Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("clinics", "held_since")

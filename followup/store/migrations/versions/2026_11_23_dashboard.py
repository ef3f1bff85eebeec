"""The dashboard reads a stretch of days of cases, replies and messages without going through all of history."""

from alembic import op

revision = "2026_11_23_dashboard"
down_revision = "2026_11_23_escalation"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_cases_clinic_id_opened_at", "cases", ["clinic_id", "opened_at"]),
    ("ix_replies_clinic_id_received_at", "replies", ["clinic_id", "received_at"]),
    ("ix_communications_clinic_id_due_at", "communications", ["clinic_id", "due_at"]),
)


def upgrade() -> None:
    for name, table, columns in _INDEXES:
        op.create_index(op.f(name), table, columns, unique=False)


def downgrade() -> None:
    for name, table, _ in reversed(_INDEXES):
        op.drop_index(op.f(name), table_name=table)

"""The ladder, the rota, where staff are paged, pages and drills; a clinic that is there gets the default ladder."""

import uuid

import sqlalchemy as sa
from alembic import op

from followup.store.types import Moment

revision = "2026_11_23_escalation"
down_revision = "2026_11_23_check_in"
branch_labels = None
depends_on = None

# As it was on this day; a new clinic gets the ladder of domain/ladder.
_LADDER = (
    (0, "on_call", ["sms"]),
    (5, "on_call", ["call"]),
    (10, "backup", ["sms", "call"]),
    (15, "manager", ["sms", "call", "email"]),
)


def upgrade() -> None:
    op.create_table(
        "drills",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_drills_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drills")),
    )
    with op.batch_alter_table("drills", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drills_clinic_id_started_at"), ["clinic_id", "started_at"], unique=False)

    op.create_table(
        "page_webhooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_page_webhooks_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_webhooks")),
    )
    op.create_table(
        "contact_points",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Boolean(), nullable=False),
        sa.Column("stopped_at", Moment(), nullable=True),
        sa.Column("verified_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_contact_points_clinic_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_contact_points_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_points")),
        sa.UniqueConstraint("staff_id", "kind", name=op.f("uq_contact_points_staff_id_kind")),
    )
    with op.batch_alter_table("contact_points", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_points_address_index"), ["address_index"], unique=False)

    op.create_table(
        "ladder_rungs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("after_minutes", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("webhook_id", sa.Uuid(), nullable=True),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_ladder_rungs_clinic_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_ladder_rungs_staff_id")),
        sa.ForeignKeyConstraint(["webhook_id"], ["page_webhooks.id"], name=op.f("fk_ladder_rungs_webhook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_rungs")),
        sa.UniqueConstraint("clinic_id", "position", name=op.f("uq_ladder_rungs_clinic_id_position")),
    )
    op.create_table(
        "rota_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("begins", sa.String(length=64), nullable=False),
        sa.Column("ends", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_rota_entries_clinic_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_rota_entries_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_entries")),
    )
    with op.batch_alter_table("rota_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_rota_entries_clinic_id_role_on_date"), ["clinic_id", "role", "on_date"], unique=False
        )

    op.create_table(
        "pages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("drill_id", sa.Uuid(), nullable=True),
        sa.Column("climb", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("webhook_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("communication_id", sa.Uuid(), nullable=True),
        sa.Column("to_address", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("started_at", Moment(), nullable=True),
        sa.Column("provider_id", sa.String(length=64), nullable=True),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("acknowledged_at", Moment(), nullable=True),
        sa.Column("acknowledged_how", sa.String(length=64), nullable=True),
        sa.Column("declined_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_pages_case_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_pages_clinic_id")),
        sa.ForeignKeyConstraint(["communication_id"], ["communications.id"], name=op.f("fk_pages_communication_id")),
        sa.ForeignKeyConstraint(["drill_id"], ["drills.id"], name=op.f("fk_pages_drill_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_pages_staff_id")),
        sa.ForeignKeyConstraint(["webhook_id"], ["page_webhooks.id"], name=op.f("fk_pages_webhook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint("communication_id", name=op.f("uq_pages_communication_id")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_pages_dedupe_key")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_pages_provider_id")),
    )
    with op.batch_alter_table("pages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pages_case_id_climb"), ["case_id", "climb"], unique=False)
        batch_op.create_index(batch_op.f("ix_pages_clinic_id_created_at"), ["clinic_id", "created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_pages_drill_id"), ["drill_id"], unique=False)
        batch_op.create_index(
            "ix_pages_open",
            ["status", "due_at"],
            unique=False,
            sqlite_where=sa.text("status IN ('planned', 'sending', 'unknown', 'sent')"),
            postgresql_where=sa.text("status IN ('planned', 'sending', 'unknown', 'sent')"),
        )
        batch_op.create_index(batch_op.f("ix_pages_staff_id_created_at"), ["staff_id", "created_at"], unique=False)

    op.create_table(
        "page_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.String(length=64), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("meaning", sa.String(length=64), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_page_answers_clinic_id")),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_page_answers_page_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_page_answers_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_answers")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_page_answers_provider_id")),
    )
    op.add_column("cases", sa.Column("climbs", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "ix_cases_to_page",
        "cases",
        ["next_page_at"],
        sqlite_where=sa.text("next_page_at IS NOT NULL"),
        postgresql_where=sa.text("next_page_at IS NOT NULL"),
    )
    # Urgent words that nobody has answered page once their time is up.
    op.execute(
        "UPDATE cases SET next_page_at = respond_by WHERE status <> 'resolved' AND acuity = 'urgent' "
        "AND waiting_since IS NOT NULL AND next_page_at IS NULL"
    )
    _give_ladders()


def _give_ladders() -> None:
    clinics = sa.table("clinics", sa.column("id", sa.Uuid()))
    rungs = sa.table(
        "ladder_rungs",
        sa.column("id", sa.Uuid()),
        sa.column("clinic_id", sa.Uuid()),
        sa.column("position", sa.Integer()),
        sa.column("after_minutes", sa.Integer()),
        sa.column("who", sa.String()),
        sa.column("role", sa.String()),
        sa.column("channels", sa.JSON()),
    )
    rows = [
        {
            "id": uuid.uuid4(),
            "clinic_id": clinic_id,
            "position": position,
            "after_minutes": after,
            "who": "role",
            "role": role,
            "channels": channels,
        }
        for clinic_id in op.get_bind().scalars(sa.select(clinics.c.id)).all()
        for position, (after, role, channels) in enumerate(_LADDER)
    ]
    if rows:
        op.bulk_insert(rungs, rows)


def downgrade() -> None:
    op.drop_index("ix_cases_to_page", table_name="cases")
    op.drop_column("cases", "climbs")
    for table in ("page_answers", "pages", "rota_entries", "ladder_rungs", "contact_points", "page_webhooks", "drills"):
        op.drop_table(table)

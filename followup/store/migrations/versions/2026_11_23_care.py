"""Awaited answers and the risk of silence; pauses, stops and extra checks of plans; what is expected of a patient."""

import uuid
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from followup.store.types import Moment

revision = "2026_11_23_care"
down_revision = "2026_11_23_foundation"
branch_labels = None
depends_on = None

# Of plans that run already, the questions of the last days: older ones are nobody's surprise any more.
_LOOK_BACK = timedelta(days=3)
_SILENT_AFTER = timedelta(hours=24)


def upgrade() -> None:
    op.create_table(
        "checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("look_at", Moment(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_checks_case_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_checks_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_checks_patient_id")),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedures.id"], name=op.f("fk_checks_procedure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checks")),
        sa.UniqueConstraint("procedure_id", "name", name=op.f("uq_checks_procedure_id_name")),
    )
    op.create_index(
        "ix_checks_awaited",
        "checks",
        ["look_at"],
        sqlite_where=sa.text("status = 'awaited'"),
        postgresql_where=sa.text("status = 'awaited'"),
    )
    op.add_column("communications", sa.Column("extra", sa.String(length=64), nullable=True))
    op.add_column("cases", sa.Column("risk", sa.Integer(), nullable=False, server_default="0"))
    _await_what_is_asked()
    op.add_column("procedures", sa.Column("paused_until", Moment(), nullable=True))
    op.add_column("procedures", sa.Column("stopped_at", Moment(), nullable=True))
    op.create_table(
        "plan_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_plan_changes_case_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_plan_changes_clinic_id")),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedures.id"], name=op.f("fk_plan_changes_procedure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_changes")),
    )
    op.create_index(op.f("ix_plan_changes_procedure_id_at"), "plan_changes", ["procedure_id", "at"])
    op.create_table(
        "expectations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_expectations_case_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_expectations_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_expectations_patient_id")),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedures.id"], name=op.f("fk_expectations_procedure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expectations")),
    )
    op.create_index(op.f("ix_expectations_clinic_id_patient_id"), "expectations", ["clinic_id", "patient_id"])
    op.create_index(
        "uq_expectations_standing",
        "expectations",
        ["procedure_id", "topic"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _await_what_is_asked() -> None:
    """Plans that run already have no rows of their own here: made from their messages, with the usual time."""
    now = datetime.now(UTC)
    sent = sa.table(
        "communications", sa.column("clinic_id", sa.Uuid()), sa.column("patient_id", sa.Uuid()),
        sa.column("procedure_id", sa.Uuid()), sa.column("asks", sa.String()), sa.column("due_at", Moment()),
    )  # fmt: skip
    done = sa.table("procedures", sa.column("id", sa.Uuid()), sa.column("status", sa.String()))
    checks = sa.table(
        "checks", sa.column("id", sa.Uuid()), sa.column("clinic_id", sa.Uuid()), sa.column("patient_id", sa.Uuid()),
        sa.column("procedure_id", sa.Uuid()), sa.column("name", sa.String()), sa.column("step", sa.String()),
        sa.column("status", sa.String()), sa.column("asked_at", Moment()), sa.column("look_at", Moment()),
        sa.column("updated_at", Moment()),
    )  # fmt: skip
    link = op.get_bind()
    rows = link.execute(
        sa.select(
            sent.c.clinic_id, sent.c.patient_id, sent.c.procedure_id, sent.c.asks, sa.func.max(sent.c.due_at)
        )
        .join(done, done.c.id == sent.c.procedure_id)
        .where(sent.c.asks.is_not(None), done.c.status == "active", sent.c.due_at >= now - _LOOK_BACK)
        .group_by(sent.c.clinic_id, sent.c.patient_id, sent.c.procedure_id, sent.c.asks)
    ).all()  # fmt: skip
    if rows:
        link.execute(
            sa.insert(checks),
            [
                {
                    "id": uuid.uuid4(), "clinic_id": clinic, "patient_id": patient, "procedure_id": procedure,
                    "name": asks, "step": asks, "status": "awaited", "asked_at": due, "look_at": due + _SILENT_AFTER,
                    "updated_at": now,
                }
                for clinic, patient, procedure, asks, due in rows
            ],
        )  # fmt: skip


def downgrade() -> None:
    op.drop_table("expectations")
    op.drop_table("plan_changes")
    op.drop_column("procedures", "stopped_at")
    op.drop_column("procedures", "paused_until")
    op.drop_column("cases", "risk")
    op.drop_column("communications", "extra")
    op.drop_index("ix_checks_awaited", "checks")
    op.drop_table("checks")

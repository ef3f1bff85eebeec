"""The patient's check-in page: links, answers, photos and tries."""

import sqlalchemy as sa
from alembic import op

from followup.store.types import Moment

revision = "2026_11_23_check_in"
down_revision = "2026_11_23_care"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("communications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("check_in_fingerprint", sa.String(length=64), nullable=True))
        batch_op.create_index(
            "ix_communications_check_in",
            ["check_in_fingerprint"],
            unique=True,
            sqlite_where=sa.text("check_in_fingerprint IS NOT NULL"),
            postgresql_where=sa.text("check_in_fingerprint IS NOT NULL"),
        )
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answers", sa.LargeBinary(), nullable=True))
    op.create_table(
        "check_in_tries",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_check_in_tries")),
    )
    op.create_table(
        "check_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("communication_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=64), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=True),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("lying", sa.Boolean(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("reply_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_check_ins_clinic_id")),
        sa.ForeignKeyConstraint(
            ["communication_id"], ["communications.id"], name=op.f("fk_check_ins_communication_id")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_check_ins_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_ins")),
        sa.UniqueConstraint("communication_id", name=op.f("uq_check_ins_communication_id")),
    )
    with op.batch_alter_table("check_ins", schema=None) as batch_op:
        batch_op.create_index(
            "ix_check_ins_lying",
            ["changed_at"],
            unique=False,
            sqlite_where=sa.text("lying = 1"),
            postgresql_where=sa.text("lying"),
        )
    op.create_table(
        "check_in_photos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("check_in_id", sa.Uuid(), nullable=False),
        sa.Column("content_type", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["check_in_id"], ["check_ins.id"], name=op.f("fk_check_in_photos_check_in_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_check_in_photos_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in_photos")),
    )
    with op.batch_alter_table("check_in_photos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_in_photos_check_in_id"), ["check_in_id"], unique=False)


def downgrade() -> None:
    op.drop_table("check_in_photos")
    op.drop_table("check_ins")
    op.drop_table("check_in_tries")
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.drop_column("answers")
    with op.batch_alter_table("communications", schema=None) as batch_op:
        batch_op.drop_index("ix_communications_check_in")
        batch_op.drop_column("check_in_fingerprint")

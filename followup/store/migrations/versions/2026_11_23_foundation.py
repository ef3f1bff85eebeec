"""Every table of the first version."""

import sqlalchemy as sa
from alembic import op

from followup.store.types import Moment

revision = "2026_11_23_foundation"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clinics",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("sender_name", sa.String(length=255), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=64), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinics")),
        sa.UniqueConstraint("slug", name=op.f("uq_clinics_slug")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_attempts_subject_at"), ["subject", "at"], unique=False)

    op.create_table(
        "signs_of_life",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_signs_of_life")),
    )
    op.create_table(
        "switches",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_switches")),
    )
    op.create_table(
        "wrapped_keys",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_wrapped_keys")),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_api_keys_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("object_kind", sa.String(length=64), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("previous", sa.String(length=64), nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_audit_entries_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("clinic_id", "sequence", name=op.f("uq_audit_entries_clinic_id_sequence")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entries_clinic_id_at"), ["clinic_id", "at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_audit_entries_clinic_id_object_kind_object_id"),
            ["clinic_id", "object_kind", "object_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_audit_entries_unsealed",
            ["clinic_id", "id"],
            unique=False,
            sqlite_where=sa.text("sequence IS NULL"),
            postgresql_where=sa.text("sequence IS NULL"),
        )

    op.create_table(
        "import_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("recorded", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=True),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_import_jobs_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_jobs")),
    )
    with op.batch_alter_table("import_jobs", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_import_jobs_clinic_id_created_at"), ["clinic_id", "created_at"], unique=False
        )

    op.create_table(
        "opt_outs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("reply_id", sa.Uuid(), nullable=True),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("lifted_at", Moment(), nullable=True),
        sa.Column("lifted_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_opt_outs_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_outs")),
    )
    with op.batch_alter_table("opt_outs", schema=None) as batch_op:
        batch_op.create_index(
            "uq_opt_outs_standing",
            ["clinic_id", "channel", "address_index"],
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )

    op.create_table(
        "patients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("mrn", sa.LargeBinary(), nullable=False),
        sa.Column("mrn_index", sa.String(length=64), nullable=False),
        sa.Column("given_name", sa.LargeBinary(), nullable=False),
        sa.Column("family_name", sa.LargeBinary(), nullable=False),
        sa.Column("family_name_index", sa.String(length=64), nullable=False),
        sa.Column("birth_date", sa.LargeBinary(), nullable=False),
        sa.Column("birth_date_index", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.String(length=64), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("email_index", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=64), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("deceased_at", Moment(), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_patients_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patients")),
        sa.UniqueConstraint("clinic_id", "mrn_index", name=op.f("uq_patients_clinic_id_mrn_index")),
    )
    with op.batch_alter_table("patients", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_patients_clinic_id_birth_date_index"), ["clinic_id", "birth_date_index"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_patients_clinic_id_email_index"), ["clinic_id", "email_index"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_patients_clinic_id_family_name_index"), ["clinic_id", "family_name_index"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_patients_clinic_id_phone_index"), ["clinic_id", "phone_index"], unique=False
        )

    op.create_table(
        "protocol_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_protocol_versions_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protocol_versions")),
        sa.UniqueConstraint("clinic_id", "slug", "digest", name=op.f("uq_protocol_versions_clinic_id_slug_digest")),
    )
    op.create_table(
        "senders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("carrier_confirms", sa.Boolean(), nullable=False),
        sa.Column("paused_until", Moment(), nullable=True),
        sa.Column("stopped_at", Moment(), nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=True),
        sa.Column("pace_per_second", sa.Integer(), nullable=False),
        sa.Column("daily_cap", sa.Integer(), nullable=False),
        sa.Column("pace_at", Moment(), nullable=True),
        sa.Column("day", sa.String(length=64), nullable=True),
        sa.Column("day_used", sa.Integer(), nullable=False),
        sa.Column("pauses", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_senders_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_senders")),
        sa.UniqueConstraint("kind", "address", name=op.f("uq_senders_kind_address")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("preferences", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_staff_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("how", sa.String(length=64), nullable=False),
        sa.Column("privacy_warning", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_consents_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_consents_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consents_patient_id_channel_at"), ["patient_id", "channel", "at"], unique=False
        )

    op.create_table(
        "drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_drafts_clinic_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_drafts_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("staff_id", "place", name=op.f("uq_drafts_staff_id_place")),
    )
    op.create_table(
        "import_refusals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("faults", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_import_refusals_clinic_id")),
        sa.ForeignKeyConstraint(["job_id"], ["import_jobs.id"], name=op.f("fk_import_refusals_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_refusals")),
        sa.UniqueConstraint("job_id", "line", name=op.f("uq_import_refusals_job_id_line")),
    )
    op.create_table(
        "procedures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("protocol_version_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("code_system", sa.String(length=64), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("performed_at", Moment(), nullable=False),
        sa.Column("body_site", sa.String(length=64), nullable=True),
        sa.Column("office", sa.String(length=255), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_procedures_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_procedures_patient_id")),
        sa.ForeignKeyConstraint(
            ["protocol_version_id"], ["protocol_versions.id"], name=op.f("fk_procedures_protocol_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedures")),
        sa.UniqueConstraint(
            "clinic_id", "source", "external_id", name=op.f("uq_procedures_clinic_id_source_external_id")
        ),
    )
    with op.batch_alter_table("procedures", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_procedures_clinic_id_patient_id"), ["clinic_id", "patient_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_procedures_clinic_id_performed_at"), ["clinic_id", "performed_at"], unique=False
        )

    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("locked_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_staff_sessions_clinic_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_sessions_token_hash")),
    )
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_sessions_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("subject_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("procedure_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("acuity", sa.String(length=64), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("waiting_since", Moment(), nullable=True),
        sa.Column("respond_by", Moment(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_at", Moment(), nullable=True),
        sa.Column("contacted_at", Moment(), nullable=True),
        sa.Column("resolved_at", Moment(), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("disposition", sa.String(length=64), nullable=True),
        sa.Column("beware", sa.JSON(), nullable=False),
        sa.Column("escalated_at", Moment(), nullable=True),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("next_page_at", Moment(), nullable=True),
        sa.Column("unseen", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_cases_clinic_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_cases_owner_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_cases_patient_id")),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedures.id"], name=op.f("fk_cases_procedure_id")),
        sa.ForeignKeyConstraint(["resolved_by"], ["staff.id"], name=op.f("fk_cases_resolved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_cases_clinic_id_patient_id_opened_at"),
            ["clinic_id", "patient_id", "opened_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_cases_clinic_id_resolved_at"), ["clinic_id", "resolved_at"], unique=False)
        batch_op.create_index(
            "ix_cases_queue",
            ["clinic_id", "status", "acuity", "respond_by"],
            unique=False,
            sqlite_where=sa.text("status <> 'resolved'"),
            postgresql_where=sa.text("status <> 'resolved'"),
        )
        batch_op.create_index(
            "uq_cases_unresolved_subject",
            ["clinic_id", "subject_key"],
            unique=True,
            sqlite_where=sa.text("status <> 'resolved'"),
            postgresql_where=sa.text("status <> 'resolved'"),
        )

    op.create_table(
        "case_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_events_case_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_case_events_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_events")),
    )
    with op.batch_alter_table("case_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_events_case_id_at"), ["case_id", "at"], unique=False)

    op.create_table(
        "replies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("from_address", sa.LargeBinary(), nullable=True),
        sa.Column("from_index", sa.String(length=64), nullable=True),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=True),
        sa.Column("whole", sa.LargeBinary(), nullable=True),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("carrier_keyword", sa.String(length=64), nullable=True),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("procedure_id", sa.Uuid(), nullable=True),
        sa.Column("question_id", sa.Uuid(), nullable=True),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("acuity", sa.String(length=64), nullable=True),
        sa.Column("opt_out", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=64), nullable=True),
        sa.Column("assessment", sa.LargeBinary(), nullable=True),
        sa.Column("assessment_version", sa.String(length=64), nullable=True),
        sa.Column("to_nurse", sa.Boolean(), nullable=False),
        sa.Column("read_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_replies_case_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_replies_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_replies_patient_id")),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedures.id"], name=op.f("fk_replies_procedure_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_replies_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        sa.UniqueConstraint("channel", "provider_id", name=op.f("uq_replies_channel_provider_id")),
    )
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_replies_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_replies_clinic_id_from_index_received_at"),
            ["clinic_id", "from_index", "received_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_replies_clinic_id_patient_id_received_at"),
            ["clinic_id", "patient_id", "received_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_replies_question_id"), ["question_id"], unique=False)
        batch_op.create_index(
            "ix_replies_unread",
            ["received_at"],
            unique=False,
            sqlite_where=sa.text("status = 'received'"),
            postgresql_where=sa.text("status = 'received'"),
        )

    op.create_table(
        "attachments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("reply_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("source_url", sa.LargeBinary(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_attachments_clinic_id")),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name=op.f("fk_attachments_reply_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("reply_id", "position", name=op.f("uq_attachments_reply_id_position")),
    )
    op.create_table(
        "communications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("procedure_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("reply_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=True),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=64), nullable=False),
        sa.Column("to_address", sa.LargeBinary(), nullable=True),
        sa.Column("to_index", sa.String(length=64), nullable=True),
        sa.Column("subject", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("html", sa.LargeBinary(), nullable=True),
        sa.Column("first_contact", sa.Boolean(), nullable=False),
        sa.Column("asks", sa.String(length=64), nullable=True),
        sa.Column("sender_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.String(length=64), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("reply_token", sa.String(length=64), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_communications_case_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_communications_clinic_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_communications_patient_id")),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedures.id"], name=op.f("fk_communications_procedure_id")),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name=op.f("fk_communications_reply_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["senders.id"], name=op.f("fk_communications_sender_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_communications_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_communications")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_communications_dedupe_key")),
    )
    with op.batch_alter_table("communications", schema=None) as batch_op:
        batch_op.create_index(
            "ix_communications_batch",
            ["batch_id"],
            unique=False,
            sqlite_where=sa.text("status IN ('queued', 'sending')"),
            postgresql_where=sa.text("status IN ('queued', 'sending')"),
        )
        batch_op.create_index(batch_op.f("ix_communications_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_communications_clinic_id_created_at"), ["clinic_id", "created_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_communications_clinic_id_patient_id_due_at"),
            ["clinic_id", "patient_id", "due_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_communications_clinic_id_to_index_sent_at"),
            ["clinic_id", "to_index", "sent_at"],
            unique=False,
        )
        batch_op.create_index(
            "ix_communications_lane",
            ["clinic_id", "channel", "priority", "due_at"],
            unique=False,
            sqlite_where=sa.text("status = 'planned'"),
            postgresql_where=sa.text("status = 'planned'"),
        )
        batch_op.create_index(
            "ix_communications_leased",
            ["status", "lease_until"],
            unique=False,
            sqlite_where=sa.text("status IN ('queued', 'sending', 'unknown')"),
            postgresql_where=sa.text("status IN ('queued', 'sending', 'unknown')"),
        )
        batch_op.create_index(
            "ix_communications_planned",
            ["priority", "due_at"],
            unique=False,
            sqlite_where=sa.text("status = 'planned'"),
            postgresql_where=sa.text("status = 'planned'"),
        )
        batch_op.create_index(batch_op.f("ix_communications_procedure_id"), ["procedure_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_communications_reply_token"), ["reply_token"], unique=False)

    op.create_table(
        "corrections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("reply_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.Column("from_acuity", sa.String(length=64), nullable=False),
        sa.Column("to_acuity", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("reader_version", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_corrections_case_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_corrections_clinic_id")),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name=op.f("fk_corrections_reply_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    with op.batch_alter_table("corrections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_corrections_clinic_id_at"), ["clinic_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_corrections_reply_id_at"), ["reply_id", "at"], unique=False)

    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("reply_id", sa.Uuid(), nullable=False),
        sa.Column("chosen_at", Moment(), nullable=False),
        sa.Column("percent", sa.Double(), nullable=False),
        sa.Column("verdict", sa.String(length=64), nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_reviews_clinic_id")),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name=op.f("fk_reviews_reply_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("reply_id", name=op.f("uq_reviews_reply_id")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviews_clinic_id_chosen_at"), ["clinic_id", "chosen_at"], unique=False)
        batch_op.create_index(
            "ix_reviews_waiting",
            ["clinic_id", "chosen_at"],
            unique=False,
            sqlite_where=sa.text("verdict IS NULL"),
            postgresql_where=sa.text("verdict IS NULL"),
        )

    op.create_table(
        "attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("communication_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sender_address", sa.String(length=255), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("provider_id", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_attempts_clinic_id")),
        sa.ForeignKeyConstraint(["communication_id"], ["communications.id"], name=op.f("fk_attempts_communication_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_attempts_provider_id")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempts_communication_id"), ["communication_id"], unique=False)

    op.create_table(
        "receipts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("received_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_receipts_attempt_id")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_receipts_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("attempt_id", "status", name=op.f("uq_receipts_attempt_id_status")),
    )


def downgrade() -> None:
    op.drop_table("receipts")
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempts_communication_id"))

    op.drop_table("attempts")
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_reviews_waiting", sqlite_where=sa.text("verdict IS NULL"), postgresql_where=sa.text("verdict IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_reviews_clinic_id_chosen_at"))

    op.drop_table("reviews")
    with op.batch_alter_table("corrections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_corrections_reply_id_at"))
        batch_op.drop_index(batch_op.f("ix_corrections_clinic_id_at"))

    op.drop_table("corrections")
    with op.batch_alter_table("communications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_communications_reply_token"))
        batch_op.drop_index(batch_op.f("ix_communications_procedure_id"))
        batch_op.drop_index(
            "ix_communications_planned",
            sqlite_where=sa.text("status = 'planned'"),
            postgresql_where=sa.text("status = 'planned'"),
        )
        batch_op.drop_index(
            "ix_communications_leased",
            sqlite_where=sa.text("status IN ('queued', 'sending', 'unknown')"),
            postgresql_where=sa.text("status IN ('queued', 'sending', 'unknown')"),
        )
        batch_op.drop_index(
            "ix_communications_lane",
            sqlite_where=sa.text("status = 'planned'"),
            postgresql_where=sa.text("status = 'planned'"),
        )
        batch_op.drop_index(batch_op.f("ix_communications_clinic_id_to_index_sent_at"))
        batch_op.drop_index(batch_op.f("ix_communications_clinic_id_patient_id_due_at"))
        batch_op.drop_index(batch_op.f("ix_communications_clinic_id_created_at"))
        batch_op.drop_index(batch_op.f("ix_communications_case_id"))
        batch_op.drop_index(
            "ix_communications_batch",
            sqlite_where=sa.text("status IN ('queued', 'sending')"),
            postgresql_where=sa.text("status IN ('queued', 'sending')"),
        )

    op.drop_table("communications")
    op.drop_table("attachments")
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_replies_unread",
            sqlite_where=sa.text("status = 'received'"),
            postgresql_where=sa.text("status = 'received'"),
        )
        batch_op.drop_index(batch_op.f("ix_replies_question_id"))
        batch_op.drop_index(batch_op.f("ix_replies_clinic_id_patient_id_received_at"))
        batch_op.drop_index(batch_op.f("ix_replies_clinic_id_from_index_received_at"))
        batch_op.drop_index(batch_op.f("ix_replies_case_id"))

    op.drop_table("replies")
    with op.batch_alter_table("case_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_events_case_id_at"))

    op.drop_table("case_events")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cases_unresolved_subject",
            sqlite_where=sa.text("status <> 'resolved'"),
            postgresql_where=sa.text("status <> 'resolved'"),
        )
        batch_op.drop_index(
            "ix_cases_queue",
            sqlite_where=sa.text("status <> 'resolved'"),
            postgresql_where=sa.text("status <> 'resolved'"),
        )
        batch_op.drop_index(batch_op.f("ix_cases_clinic_id_resolved_at"))
        batch_op.drop_index(batch_op.f("ix_cases_clinic_id_patient_id_opened_at"))

    op.drop_table("cases")
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_sessions_staff_id"))

    op.drop_table("staff_sessions")
    with op.batch_alter_table("procedures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_procedures_clinic_id_performed_at"))
        batch_op.drop_index(batch_op.f("ix_procedures_clinic_id_patient_id"))

    op.drop_table("procedures")
    op.drop_table("import_refusals")
    op.drop_table("drafts")
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consents_patient_id_channel_at"))

    op.drop_table("consents")
    op.drop_table("staff")
    op.drop_table("senders")
    op.drop_table("protocol_versions")
    with op.batch_alter_table("patients", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_patients_clinic_id_phone_index"))
        batch_op.drop_index(batch_op.f("ix_patients_clinic_id_family_name_index"))
        batch_op.drop_index(batch_op.f("ix_patients_clinic_id_email_index"))
        batch_op.drop_index(batch_op.f("ix_patients_clinic_id_birth_date_index"))

    op.drop_table("patients")
    with op.batch_alter_table("opt_outs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_opt_outs_standing",
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )

    op.drop_table("opt_outs")
    with op.batch_alter_table("import_jobs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_jobs_clinic_id_created_at"))

    op.drop_table("import_jobs")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_audit_entries_unsealed",
            sqlite_where=sa.text("sequence IS NULL"),
            postgresql_where=sa.text("sequence IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_audit_entries_clinic_id_object_kind_object_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entries_clinic_id_at"))

    op.drop_table("audit_entries")
    op.drop_table("api_keys")
    op.drop_table("wrapped_keys")
    op.drop_table("switches")
    op.drop_table("signs_of_life")
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_attempts_subject_at"))

    op.drop_table("sign_in_attempts")
    op.drop_table("clinics")

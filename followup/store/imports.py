"""Import jobs: the file on its way in, how far it is, and who works on it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import undefer

from followup.store.database import Tx
from followup.store.models import ImportJob, ImportRefusal


def add(tx: Tx, job: ImportJob) -> ImportJob:
    """Keep a new job."""
    tx.add(job)
    tx.flush()
    return job


def by_id(tx: Tx, clinic_id: UUID, job_id: UUID, *, whole: bool = False) -> ImportJob | None:
    """The clinic's job of that id, or None; `whole` with the report."""
    query = select(ImportJob).where(ImportJob.clinic_id == clinic_id, ImportJob.id == job_id)
    if whole:
        query = query.options(undefer(ImportJob.report))
    return tx.scalar(query.execution_options(populate_existing=True))


def of_clinic(tx: Tx, clinic_id: UUID, *, limit: int = 50) -> Sequence[ImportJob]:
    """The clinic's latest jobs, newest first."""
    return tx.scalars(
        select(ImportJob).where(ImportJob.clinic_id == clinic_id).order_by(ImportJob.id.desc()).limit(limit)
    ).all()


def waiting(tx: Tx, *, real_now: datetime, limit: int = 20) -> Sequence[UUID]:
    """Jobs of any clinic that nobody works on: new ones, and those whose worker stopped. For the sweep."""
    return tx.scalars(
        select(ImportJob.id)
        .where(
            ImportJob.status.in_(["waiting", "running"]),
            or_(ImportJob.lease_until.is_(None), ImportJob.lease_until < real_now),
        )
        .order_by(ImportJob.id)
        .limit(limit)
    ).all()


def claim(tx: Tx, job_id: UUID, *, real_now: datetime, lease_until: datetime) -> ImportJob | None:
    """Take a job on, whole, with file and report so far; None when someone else has it or it is finished.

    The one conditional UPDATE decides who gets it. The job names its clinic.
    """
    taken = tx.execute(
        update(ImportJob)
        .where(
            ImportJob.id == job_id,
            ImportJob.status.in_(["waiting", "running"]),
            or_(ImportJob.lease_until.is_(None), ImportJob.lease_until < real_now),
        )
        .values(status="running", lease_until=lease_until)
        .returning(ImportJob.id)
    )
    if taken.first() is None:
        return None
    return tx.scalar(
        select(ImportJob)
        .where(ImportJob.id == job_id)
        .options(undefer(ImportJob.content), undefer(ImportJob.report))
        .execution_options(populate_existing=True)
    )


def add_refusals(tx: Tx, clinic_id: UUID, job_id: UUID, refused: Sequence[tuple[int, list[list[str]]]]) -> None:
    """Keep refused rows: the line, and for each fault the field, the value and why."""
    tx.add_all(ImportRefusal(clinic_id=clinic_id, job_id=job_id, line=line, faults=faults) for line, faults in refused)


def refusals(tx: Tx, clinic_id: UUID, job_id: UUID, *, after_line: int, limit: int) -> Sequence[ImportRefusal]:
    """The refused rows of a job behind a line, in the file's order."""
    return tx.scalars(
        select(ImportRefusal)
        .where(ImportRefusal.clinic_id == clinic_id, ImportRefusal.job_id == job_id, ImportRefusal.line > after_line)
        .order_by(ImportRefusal.line)
        .limit(limit)
    ).all()


def progress(
    tx: Tx,
    job: ImportJob,
    *,
    rows: int,
    recorded: int,
    repeated: int,
    refused: int,
    now: datetime,
    lease_until: datetime,
) -> bool:
    """Move a job on by the rows of this transaction and hold it longer; False when somebody else has it by now.

    `job` is as it was when it was claimed or last moved on; the caller moves it on once this is committed.
    """
    moved = tx.execute(
        update(ImportJob)
        .where(ImportJob.id == job.id, ImportJob.lease_until == job.lease_until, ImportJob.done == job.done)
        .values(
            done=ImportJob.done + rows,
            recorded=ImportJob.recorded + recorded,
            repeated=ImportJob.repeated + repeated,
            refused=ImportJob.refused + refused,
            lease_until=lease_until,
            updated_at=now,
        )
        .returning(ImportJob.done)
        .execution_options(synchronize_session=False)
    )
    return moved.first() is not None


def finish(tx: Tx, job: ImportJob, *, status: str, report: str | None, now: datetime) -> None:
    """End a job that is ours; the file goes."""
    tx.execute(
        update(ImportJob)
        .where(ImportJob.id == job.id, ImportJob.lease_until == job.lease_until)
        .values(status=status, report=report, content=None, lease_until=None, updated_at=now)
        .execution_options(synchronize_session=False)
    )

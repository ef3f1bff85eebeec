"""A file of procedures comes in: checked at once, taken in bit by bit, resumed after a crash, reported row by row."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy.exc import IntegrityError, OperationalError

from followup.domain.actor import Actor, ActorKind
from followup.domain.errors import Conflict, Fault, FollowupError, InvalidInput, NotFound
from followup.domain.intake import ProcedureGiven
from followup.domain.table import Row, Table, read_table, report_cell
from followup.services.context import Services
from followup.services.procedures import read_request
from followup.services.protocols import Current, Protocols
from followup.services.recording import Recorded, Source, record_in
from followup.store import audit, clinics, imports
from followup.store.ids import new_id
from followup.store.models import ImportJob

MAX_BYTES = 64 * 1024 * 1024
# One transaction takes this many rows: long enough to be quick, short enough that a reply never waits for it.
_CHUNK = 200
_LEASE = timedelta(minutes=2)
_ROUNDS = 4

# Told after each chunk: how many rows are done, and of how many.
Progress = Callable[[int, int], None]


class _Lost(Exception):
    """Somebody else took the job over."""


def start_import(services: Services, clinic_id: UUID, file_name: str, content: bytes, actor: Actor) -> ImportJob:
    """Take a CSV file on; its rows are taken in by a worker (`run_import`). Columns are the JSON fields with dots.

    Raises InvalidInput, with everything that is wrong with the file as a whole; NotFound for an unknown clinic.
    """
    job = _add(services, clinic_id, file_name, content, actor, lease=False)
    services.queue.wake("followup.run_import", str(job.id))
    return job


def import_file(
    services: Services,
    clinic_id: UUID,
    file_name: str,
    content: bytes,
    actor: Actor,
    progress: Progress | None = None,
) -> ImportJob:
    """Take a CSV file on and its rows in, here and now, for someone who waits for it; raises as `start_import` does.

    The job is ours from its first moment, so that no worker takes it from under the one who waits. Should this
    process end before it is done, a worker finishes it.
    """
    job = _add(services, clinic_id, file_name, content, actor, lease=True)
    # Only somebody who held the lease for two minutes while this process slept can have taken it over.
    return _work(services, job, progress) or look_at(services, clinic_id, job.id)


def run_import(services: Services, job_id: UUID, progress: Progress | None = None) -> ImportJob | None:
    """Take a job's rows in, from where it stands; None when someone else is at it or it is finished.

    1. A lease is taken by one conditional statement; a worker that stopped loses it after two minutes.
    2. Each chunk is one transaction: procedures, refused rows, and how far the job is. A crash therefore loses at most
       the chunk at hand, and no row is taken in twice (recording is idempotent besides).
    3. Should the lease be somebody else's by then, the chunk is rolled back and this worker stops.
    """
    job = _claim(services, job_id)
    return None if job is None else _work(services, job, progress)


def _add(
    services: Services, clinic_id: UUID, file_name: str, content: bytes, actor: Actor, *, lease: bool
) -> ImportJob:  # fmt: skip
    if len(content) > MAX_BYTES:
        raise InvalidInput(Fault("file", f"is larger than {MAX_BYTES >> 20} MB; split it"))
    total = _count(read_table(content))
    if not total:
        raise InvalidInput(Fault("file", "has columns but no rows"))
    now = services.now()
    with services.db.write() as tx:
        if clinics.by_id(tx, clinic_id) is None:
            raise NotFound("There is no such clinic.")
        job = imports.add(
            tx,
            ImportJob(
                id=new_id(),
                clinic_id=clinic_id,
                created_by=str(actor),
                file_name=" ".join(file_name.split())[-255:] or "file.csv",
                content=content,
                status="running" if lease else "waiting",
                lease_until=services.real_now() + _LEASE if lease else None,
                total=total,
                created_at=now,
                updated_at=now,
            ),
        )
        audit.record(
            tx,
            clinic_id=clinic_id,
            at=now,
            actor=actor,
            action="import.start",
            object_kind="import",
            object_id=job.id,
        )
    return job


def _work(services: Services, job: ImportJob, progress: Progress | None) -> ImportJob | None:
    """Take in what is left of a job whose lease is ours; None when it was lost."""
    assert job.content is not None
    source = Source(_actor(job.created_by), "import")
    try:
        rows = islice(read_table(job.content).rows(), job.done, None)
        while chunk := list(islice(rows, _CHUNK)):
            if not _take_in(services, job, chunk, source):
                return None
            if progress is not None:
                progress(job.done, job.total)
    except (FollowupError, UnicodeDecodeError) as error:
        return _finish(services, job, refused=str(error))
    return _finish(services, job)


def look_at(services: Services, clinic_id: UUID, job_id: UUID) -> ImportJob:
    """How far a job is. Raises NotFound."""
    with services.db.read() as tx:
        job = imports.by_id(tx, clinic_id, job_id, whole=True)
    if job is None:
        raise NotFound("There is no such import.")
    return job


def list_imports(services: Services, clinic_id: UUID) -> Sequence[ImportJob]:
    """The clinic's latest imports, newest first."""
    with services.db.read() as tx:
        return imports.of_clinic(tx, clinic_id)


def refusals(
    services: Services, clinic_id: UUID, job_id: UUID, *, limit: int = 1000, after_line: int = 0
) -> list[tuple[int, str, str, str]]:
    """What was refused: (line, field, value, why), in the file's order, of at most `limit` rows behind a line."""
    with services.db.read() as tx:
        if imports.by_id(tx, clinic_id, job_id) is None:
            raise NotFound("There is no such import.")
        found = imports.refusals(tx, clinic_id, job_id, after_line=after_line, limit=limit)
        return [(row.line, field, value, why) for row in found for field, value, why in row.faults]


def report(services: Services, clinic_id: UUID, job_id: UUID) -> str:
    """The refused rows as CSV (line, field, value, why), with nothing that a spreadsheet would run as a formula."""
    job = look_at(services, clinic_id, job_id)
    written = io.StringIO()
    sheet = csv.writer(written, lineterminator="\r\n")
    sheet.writerow(["line", "field", "value", "why"])
    if job.report:
        sheet.writerow(["", "file", "", report_cell(str(job.report))])
    after = 0
    while rows := refusals(services, clinic_id, job_id, after_line=after):
        sheet.writerows([line, *(report_cell(word) for word in words)] for line, *words in rows)
        after = rows[-1][0]
    return written.getvalue()


def wake_waiting(services: Services) -> int:
    """Wake a worker for each job that nobody works on (new, or its worker stopped); returns how many. For the sweep."""
    with services.db.read() as tx:
        waiting = imports.waiting(tx, real_now=services.real_now())
    for job_id in waiting:
        services.queue.wake("followup.run_import", str(job_id))
    return len(waiting)


def _count(table: Table) -> int:
    try:
        return sum(1 for _ in table.rows())
    except UnicodeDecodeError as error:
        raise InvalidInput(
            Fault("file", f"is not text in {table.encoding} throughout; save it as CSV (UTF-8)")
        ) from error


def _claim(services: Services, job_id: UUID) -> ImportJob | None:
    now = services.real_now()
    with services.db.write() as tx:
        return imports.claim(tx, job_id, real_now=now, lease_until=now + _LEASE)


def _take_in(services: Services, job: ImportJob, chunk: list[Row], source: Source) -> bool:
    """One chunk in one transaction; False when the job is no longer ours. Begins again where two were at once."""
    now = services.now()
    book = Protocols(services)
    refused: list[tuple[int, list[list[str]]]] = []
    rows: list[Row] = []
    requests: list[tuple[ProcedureGiven, Current]] = []
    for row in chunk:
        try:
            requests.append(_read(services, book, row))
            rows.append(row)
        except InvalidInput as error:
            refused.append(_refusal(row, error.faults))
    for attempt in range(_ROUNDS):
        lease = services.real_now() + _LEASE
        try:
            with services.db.write() as tx:
                clinic = clinics.by_id(tx, job.clinic_id)
                assert clinic is not None
                outcomes = record_in(tx, services, clinic, requests, source, now, with_plans=False)
                pairs = zip(rows, outcomes, strict=True)
                conflicts = [_refusal(row, one.faults) for row, one in pairs if isinstance(one, Conflict)]
                imports.add_refusals(tx, job.clinic_id, job.id, refused + conflicts)
                new = sum(isinstance(one, Recorded) and one.new for one in outcomes)
                ours = imports.progress(
                    tx,
                    job,
                    rows=len(chunk),
                    recorded=new,
                    repeated=len(outcomes) - new - len(conflicts),
                    refused=len(refused) + len(conflicts),
                    now=now,
                    lease_until=lease,
                )
                if not ours:
                    raise _Lost
        except _Lost:
            return False
        except (IntegrityError, OperationalError):
            # Two imports of the same patients: one is refused by a unique key, or given up to end a deadlock.
            if attempt == _ROUNDS - 1:
                raise
            continue
        break
    job.done += len(chunk)
    job.lease_until = lease
    if any(isinstance(one, Recorded) and one.case is not None for one in outcomes):
        services.queue.announce(job.clinic_id, "queue")
    return True


def _read(services: Services, book: Protocols, row: Row) -> tuple[ProcedureGiven, Current]:
    """What a row asks for. Raises InvalidInput with the faults of the row as such and of everything in it."""
    faults = list(row.faults)
    if row.values:
        try:
            found = read_request(book, row.nested(), services, textual=True)
        except InvalidInput as error:
            named = {fault.field for fault in faults}
            faults += [fault for fault in error.faults if fault.field not in named]
    if faults:
        raise InvalidInput(faults)
    return found


def _refusal(row: Row, faults: Sequence[Fault]) -> tuple[int, list[list[str]]]:
    return row.line, [[fault.field or "row", row.values.get(fault.field, ""), fault.message] for fault in faults]


def _finish(services: Services, job: ImportJob, refused: str = "") -> ImportJob:
    """The file itself is not kept once its rows are in."""
    with services.db.write() as tx:
        imports.finish(tx, job, status="refused" if refused else "done", report=refused or None, now=services.now())
    services.queue.wake("followup.send_due")
    return look_at(services, job.clinic_id, job.id)


def _actor(words: str) -> Actor:
    kind, _, number = words.partition(":")
    return Actor(ActorKind(kind), UUID(number) if number else None)

"""The pages of staff: sign-in, queue, case, patient, procedure, protocol and administration."""

from fastapi import APIRouter

from followup.web.staff import (
    account,
    admin,
    attachments,
    case_plan,
    cases,
    coverage,
    dashboard,
    drill,
    imports,
    ladder,
    patients,
    presence,
    procedures,
    protocols,
    queue,
    review,
    rota,
    sign_in,
    triage_report,
)

router = APIRouter(include_in_schema=False)
for part in (
    sign_in, queue, review, triage_report, dashboard, cases, case_plan, attachments, patients, imports, procedures,
    protocols, admin, account, presence, rota, ladder, coverage, drill,
):  # fmt: skip
    router.include_router(part.router)

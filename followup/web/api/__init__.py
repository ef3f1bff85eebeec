"""The JSON API under /api/v1: procedures, patients, communications and cases for other systems of the clinic."""

from fastapi import APIRouter

from followup.web.api import cases, communications, expected, patients, procedures

router = APIRouter(prefix="/api/v1")
for _part in (procedures, patients, communications, cases, expected):
    router.include_router(_part.router)

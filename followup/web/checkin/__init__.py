"""The page that a patient opens from a check's link: no script, one question at a time, in English or Spanish."""

from fastapi import APIRouter

from followup.web.checkin import photos, routes
from followup.web.checkin.trouble import trouble

router = APIRouter()
router.include_router(photos.router)  # before the questions, whose numbers stand in the same place
router.include_router(routes.router)

__all__ = ["router", "trouble"]

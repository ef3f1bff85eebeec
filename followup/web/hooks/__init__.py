"""Where the carrier and mail programs post: signed webhooks and one-click unsubscribe."""

from fastapi import APIRouter

from followup.web.hooks import twilio, unsubscribe

router = APIRouter()
router.include_router(twilio.router)
router.include_router(unsubscribe.router)

"""Where the carrier and mail programs post, and the links of messages lead: signed webhooks, unsubscribe, taking."""

from fastapi import APIRouter

from followup.web.hooks import take, twilio, unsubscribe

router = APIRouter()
router.include_router(twilio.router)
router.include_router(unsubscribe.router)
router.include_router(take.router)

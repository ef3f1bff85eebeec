"""The demo's page: a patient's phone beside the nurse's queue, and the care clock above both."""

from followup.web.demo.routes import demo_router

__all__ = ["demo_router"]

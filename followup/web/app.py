"""The web application: puts the routers of the front desk together."""

from fastapi import FastAPI

from followup.services.context import Services


def create_app(services: Services) -> FastAPI:
    """The whole front desk for one process."""
    app = FastAPI(title="Followup", openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None)
    app.state.services = services
    return app

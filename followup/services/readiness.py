"""Whether this process can take requests."""

from sqlalchemy.exc import SQLAlchemyError

from followup.domain.errors import FollowupError
from followup.services.context import Services
from followup.store import revisions, signs


def not_ready(services: Services) -> str:
    """Why this process cannot take requests; empty when it can. A write is tried, because a full disk still reads."""
    try:
        found, wanted = revisions.current(services.db), revisions.head()
        if found != wanted:
            return f"the database is at revision {found or 'none'}, this version needs {wanted}"
        with services.db.write() as tx:
            signs.write(tx, "web", services.real_now())
    except (SQLAlchemyError, FollowupError) as error:
        return f"the database does not take writes ({type(error).__name__})"
    return ""

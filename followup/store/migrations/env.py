"""How Alembic reaches the database: the connection is handed in by `followup.store.migrate`."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from followup.store.models import Base
from followup.store.types import Moment, Sealed, SealedBytes, SealedJSON


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write sealed columns as what they are in the database, so that migrations do not change with the code."""
    if kind == "type" and isinstance(item, (Sealed, SealedBytes, SealedJSON)):
        return "sa.LargeBinary()"
    if kind == "type" and isinstance(item, Moment):
        autogen.imports.add("from followup.store.types import Moment")
        return "Moment()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_item,
    compare_type=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()

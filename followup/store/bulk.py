"""One conditional update for many rows, each with values of its own."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Update, bindparam, column, func, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from followup.store.database import Tx

Cells = Mapping[str, ColumnElement[Any]]


def update_each(
    tx: Tx,
    rows: Sequence[Mapping[str, Any]],
    types: Mapping[str, TypeEngine[Any]],
    statement: Callable[[Cells], Update],
) -> None:
    """Carry out `statement` for each of the rows; it is given the cells of a row by the names in `types`.

    On PostgreSQL it is one statement that reads all rows from one array a column: sent, planned and answered once. On
    SQLite, which has no arrays and no network to cross, it is one for each row.
    """
    if not rows:
        return
    if tx.get_bind().dialect.name != "postgresql":
        parameters: Cells = {name: bindparam(name, type_=of) for name, of in types.items()}
        tx.connection().execute(statement(parameters), list(rows))
        return
    arrays = [literal([row[name] for row in rows], ARRAY(of)) for name, of in types.items()]
    given = (
        func.unnest(*arrays)
        .table_valued(*(column(name, of) for name, of in types.items()), name="given")
        .render_derived()
    )
    tx.connection().execute(statement({name: given.c[name] for name in types}))

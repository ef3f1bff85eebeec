"""Keys rotate: what an older key sealed is sealed again with the newest, a batch at a time, while the service runs."""

from collections.abc import Iterator

import sqlalchemy as sa

from followup.store.database import Database
from followup.store.models import Base, WrappedKey
from followup.store.types import Sealed, SealedBytes, SealedJSON

_BATCH = 200
_INDEX_PLACE = "wrapped_keys.sealed"


def reseal(database: Database) -> int:
    """Seal every value again that an older key sealed; returns how many. Stopping it half-way loses nothing.

    Look-ups do not change, because the index key is only wrapped anew. After it has run to the end the older keys may
    be taken out of FOLLOWUP_ENCRYPTION_KEYS (backups made before still need them).
    """
    done = 0
    with database.write() as tx:
        for row in tx.scalars(sa.select(WrappedKey)):
            if not database.vault.is_newest(row.sealed):
                row.sealed = database.vault.seal(database.vault.open(row.sealed, _INDEX_PLACE), _INDEX_PLACE)
                done += 1
    for table, column, place in _sealed_columns():
        done += _reseal_column(database, table, column, place)
    return done


def _sealed_columns() -> Iterator[tuple[sa.Table, str, str]]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Sealed | SealedBytes | SealedJSON):
                yield table, column.name, column.type.place


def _reseal_column(database: Database, table: sa.Table, name: str, place: str) -> int:
    """One column, in the order of the ids. Each value is written back only if it is still the one that was read."""
    plain = sa.table(table.name, sa.column("id", sa.Uuid()), sa.column(name, sa.LargeBinary()))
    sealed = plain.c[name]
    after, done = None, 0
    while True:
        with database.write() as tx:
            query = sa.select(plain.c.id, sealed).where(sealed.is_not(None)).order_by(plain.c.id).limit(_BATCH)
            rows = tx.execute(query if after is None else query.where(plain.c.id > after)).all()
            for row_id, value in rows:
                if database.vault.is_newest(value):
                    continue
                fresh = database.vault.seal(database.vault.open(value, place), place)
                tx.execute(sa.update(plain).where(plain.c.id == row_id, sealed == value).values({name: fresh}))
                done += 1
        if len(rows) < _BATCH:
            return done
        after = rows[-1][0]

"""A consistent copy of every row in one file, and its return; the keys that open the sealed values are never in it."""

import base64
import gzip
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from followup.domain.errors import ConfigurationError
from followup.store import migrate, revisions
from followup.store.database import Database
from followup.store.models import Base, Switch
from followup.store.types import Moment

FORMAT = 1
HELD = "sending_held"
_BATCH = 500


def write(database: Database, file: Path, now: datetime | None = None) -> int:
    """Write every row as it stands at one instant; returns how many.

    The file is written beside and moved into place when it is whole, readable by its owner only. Raises
    ConfigurationError when the database is not at this version's revision or the file cannot be written.
    """
    revisions.require_head(database)
    at = now or datetime.now(UTC)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    rows = 0
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as raw, gzip.open(raw, "wt", encoding="utf-8") as out:
            head = {
                "followup_backup": FORMAT,
                "revision": revisions.head(),
                "at": at.isoformat(),
                "tables": {table.name: _kinds(table) for table in Base.metadata.sorted_tables},
            }
            out.write(json.dumps(head) + "\n")
            for name, values in _rows(database):
                out.write(json.dumps([name, values], ensure_ascii=False) + "\n")
                rows += 1
            out.write(json.dumps({"rows": rows}) + "\n")
        beside.replace(file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise ConfigurationError(f"{file} cannot be written ({error.strerror}); nothing was changed") from error
    return rows


def read(database: Database, file: Path) -> int:
    """Put a copy back in place of everything that is in the database; returns how many rows.

    The copy is checked whole before anything is removed. It may come from an older version: its rows go into tables of
    that version, which are then brought forward. Sending is held afterwards. Raises ConfigurationError.
    """
    head, total = _check(file)
    migrate.downgrade(database, "base")
    migrate.upgrade(database, head["revision"])
    tables = {name: _plain_table(name, kinds) for name, kinds in head["tables"].items()}
    with database.write() as tx:
        tx.execute(sa.delete(tables["wrapped_keys"]))
        for name, batch in _batches(file, head["tables"]):
            tx.execute(sa.insert(tables[name]), batch)
        # With the rows: were it to come after them, a crash in between would let everything be sent again.
        switches = tables[Switch.__tablename__]
        tx.execute(sa.delete(switches).where(switches.c.name == HELD))
        held = {"since": head["at"], "reason": "restored from a backup", "restored": True}
        tx.execute(sa.insert(switches), {"name": HELD, "value": held, "updated_at": datetime.now(UTC)})
    migrate.upgrade(database)
    revisions.load_index_key(database)
    return total


def _kinds(table: sa.Table) -> dict[str, str]:
    return {column.name: _kind(column.type) for column in table.columns}


def _kind(kind: sa.types.TypeEngine[Any]) -> str:
    if isinstance(kind, Moment):
        return "moment"
    plain = kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind
    if isinstance(plain, sa.LargeBinary):
        return "bytes"
    if isinstance(plain, sa.Uuid):
        return "uuid"
    return "json" if isinstance(plain, sa.JSON) else "plain"


_TYPES: dict[str, Any] = {
    "moment": Moment(),
    "bytes": sa.LargeBinary(),
    "uuid": sa.Uuid(),
    "json": sa.JSON(none_as_null=True),
}


def _plain_table(name: str, kinds: dict[str, str]) -> sa.TableClause:
    """A table as it is in the database: sealed columns are bytes here, and stay sealed."""
    return sa.table(name, *(sa.column(column, _TYPES.get(kind)) for column, kind in kinds.items()))


def _rows(database: Database) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row at one instant: one snapshot on PostgreSQL, one read transaction on SQLite."""
    engine = database.engine
    if not database.sqlite:
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            kinds = _kinds(table)
            found = connection.execution_options(yield_per=_BATCH).execute(sa.select(_plain_table(table.name, kinds)))
            for row in found.mappings():
                yield table.name, {column: _pack(kinds[column], row[column]) for column in kinds}


def _pack(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "moment":
        return value.isoformat()
    if kind == "bytes":
        return base64.b64encode(value).decode()
    return str(value) if kind == "uuid" else value


def _unpack(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "moment":
        return datetime.fromisoformat(value)
    if kind == "bytes":
        return base64.b64decode(value)
    return UUID(value) if kind == "uuid" else value


def _lines(file: Path) -> Iterator[Any]:
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except (OSError, EOFError, ValueError) as error:
        raise ConfigurationError(f"{file} is not a whole followup backup; nothing was changed") from error


def _check(file: Path) -> tuple[dict[str, Any], int]:
    lines = _lines(file)
    head = next(lines, None)
    if not isinstance(head, dict) or head.get("followup_backup") != FORMAT:
        raise ConfigurationError(f"{file} is not a followup backup of format {FORMAT}; nothing was changed")
    rows, last = 0, None
    for line in lines:
        last = line
        rows += isinstance(line, list)
    if not isinstance(last, dict) or last.get("rows") != rows:
        raise ConfigurationError(f"{file} breaks off after {rows} rows; nothing was changed, use another copy")
    return head, rows


def _batches(file: Path, kinds: dict[str, dict[str, str]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    name, batch = "", list[dict[str, Any]]()
    for line in _lines(file):
        if not isinstance(line, list):
            continue
        if batch and (line[0] != name or len(batch) >= _BATCH):
            yield name, batch
            batch = []
        name = line[0]
        batch.append({column: _unpack(kinds[name][column], value) for column, value in line[1].items()})
    if batch:
        yield name, batch

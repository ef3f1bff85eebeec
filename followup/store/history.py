"""Made-up rows by the million, written by the database itself from one pattern, to measure what growth costs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    String,
    Uuid,
    cast,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    true,
    type_coerce,
)

from followup.domain.attempt import AttemptOutcome
from followup.domain.delivery import Status
from followup.store.database import Database, Tx
from followup.store.models import Attempt, Base, Communication, Receipt

_AT_ONCE = 250_000
_KINDS = {Communication: "a", Attempt: "b", Receipt: "c"}


def finished(db: Database, pattern: UUID, first: int, last: int, at: datetime) -> None:
    """Messages number `first` to `last` that were delivered long ago, each like the pattern, with one attempt and two
    receipts; `at` is when the oldest was made."""
    for begin in range(first, last, _AT_ONCE):
        numbers = begin, min(begin + _AT_ONCE, last)
        with db.write() as tx:
            _copies(tx, pattern, numbers, at, {"status": Status.DELIVERED.value, "sent_at": at, "settled_at": at})
            _rows(
                tx, Attempt, numbers, at,
                {
                    "clinic_id": _of_pattern(pattern), "communication_id": _id(tx, at, _KINDS[Communication]),
                    "number": 1, "sender_address": "+13125550100", "started_at": at, "finished_at": at,
                    "provider_id": _named(tx, "SM"), "outcome": AttemptOutcome.DELIVERED.value, "looks": 0,
                },
            )  # fmt: skip
            for kind, word in (("c", "sent"), ("d", "delivered")):
                values = {
                    "clinic_id": _of_pattern(pattern), "attempt_id": _id(tx, at, _KINDS[Attempt]),
                    "status": word, "received_at": at,
                }  # fmt: skip
                _rows(tx, Receipt, numbers, at, values, kind)


def planned(db: Database, pattern: UUID, first: int, last: int, at: datetime, due_at: datetime, apart: float) -> None:
    """Planned messages number `first` to `last`, due from `due_at` on, `apart` seconds one after the other."""
    for begin in range(first, last, _AT_ONCE):
        with db.write() as tx:
            due = _due(tx, due_at, apart)
            _copies(
                tx, pattern, (begin, min(begin + _AT_ONCE, last)), at, {"status": Status.PLANNED.value, "due_at": due}
            )


def _due(tx: Tx, due_at: datetime, apart: float) -> ColumnElement[Any]:
    number: ColumnElement[Any] = literal_column("n")
    if _sqlite(tx):
        words = func.printf("%f seconds", number * apart)
        return type_coerce(func.strftime("%Y-%m-%dT%H:%M:%f000Z", due_at.strftime("%Y-%m-%d %H:%M:%S"), words), String)
    return literal(due_at, DateTime(timezone=True)) + number * literal_column(f"interval '{apart} second'")


def hold_a_snapshot(tx: Tx) -> None:
    """Look at everything from here on as it is now, as a long report or a backup does."""
    if tx.get_bind().dialect.name == "postgresql":
        tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    tx.execute(select(Communication.id).limit(1))


def _copies(tx: Tx, pattern: UUID, numbers: tuple[int, int], at: datetime, changed: dict[str, Any]) -> None:
    values: dict[str, Any] = {
        column.name: select(column).where(Communication.id == pattern).scalar_subquery()
        for column in Communication.__table__.columns
    }
    own = {
        "dedupe_key": _named(tx, f"history:{at:%y%m%d%H%M}:"), "to_index": _named(tx, ""),
        "created_at": at, "updated_at": at,
        "reply_token": None, "message_id": None, "provider_id": None, "batch_id": None, "lease_until": None,
        "sender_id": None,
    }  # fmt: skip
    _rows(tx, Communication, numbers, at, {**values, **own, **changed})


def _rows(
    tx: Tx, table: type[Base], numbers: tuple[int, int], at: datetime, values: dict[str, Any], kind: str = ""
) -> None:
    values = {**values, "id": _id(tx, at, kind or _KINDS[table])}
    columns = {name: table.__table__.columns[name] for name in values}
    chosen = [
        value if isinstance(value, ColumnElement) else literal(value, columns[name].type)
        for name, value in values.items()
    ]
    tx.execute(insert(table.__table__).from_select(list(values), _series(tx, numbers, chosen)))  # type: ignore[arg-type]


def _series(tx: Tx, numbers: tuple[int, int], chosen: list[ColumnElement[Any]]) -> Select[Any]:
    first, last = numbers
    if _sqlite(tx):
        grown = select(literal(first).label("n")).cte("numbers", recursive=True)
        grown = grown.union_all(select(grown.c.n + 1).where(grown.c.n < last - 1))
        return select(*chosen).select_from(grown)
    series = func.generate_series(first, last - 1).table_valued("n", name="numbers").render_derived()
    return select(*chosen).select_from(series).where(true())


def _of_pattern(pattern: UUID) -> ColumnElement[Any]:
    return select(Communication.clinic_id).where(Communication.id == pattern).scalar_subquery()


def _named(tx: Tx, word: str) -> ColumnElement[str]:
    number: ColumnElement[Any] = literal_column("n")
    if _sqlite(tx):
        return func.printf(f"{word}%016x", number)
    return literal(word) + func.lpad(func.to_hex(number), 16, "0")


def _id(tx: Tx, at: datetime, kind: str) -> ColumnElement[Any]:
    """A row's id from its number: of version 7 and in the order of the numbers, as real ones are."""
    number: ColumnElement[Any] = literal_column("n")
    began = int(at.timestamp() * 1000)
    if _sqlite(tx):
        return type_coerce(func.printf(f"%012x7{kind}008%015x", number + began, number), String)
    words = func.lpad(func.to_hex(number + began), 12, "0") + f"7{kind}008" + func.lpad(func.to_hex(number), 15, "0")
    return cast(words, Uuid())


def _sqlite(tx: Tx) -> bool:
    return tx.get_bind().dialect.name == "sqlite"

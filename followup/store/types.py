"""Column types: aware moments, sealed text and sealed JSON."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, LargeBinary, String
from sqlalchemy.types import TypeDecorator, TypeEngine

from followup.store.vault import Vault


def vault_of(dialect: Dialect) -> Vault:
    """The vault that the engine of this dialect was opened with (each engine has a dialect object of its own)."""
    vault: Vault = dialect.followup_vault  # type: ignore[attr-defined]
    return vault


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC. SQLite keeps it as fixed-width text, so that text order is time order."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return String(27) if dialect.name == "sqlite" else DateTime(timezone=True)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone reached the database")
        value = value.astimezone(UTC)
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        moment: datetime = value
        return moment.astimezone(UTC)


class Sealed(TypeDecorator[str]):
    """Text that is encrypted at rest, bound to its place ("table.column")."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else vault_of(dialect).seal(value.encode(), self.place)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else vault_of(dialect).open(bytes(value), self.place).decode()


class SealedBytes(TypeDecorator[bytes]):
    """Bytes (a photo) that are encrypted at rest, bound to their place."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else vault_of(dialect).seal(value, self.place)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else vault_of(dialect).open(bytes(value), self.place)


class SealedJSON(TypeDecorator[Any]):
    """A JSON value that is encrypted at rest, bound to its place."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        return vault_of(dialect).seal(json.dumps(value, ensure_ascii=False).encode(), self.place)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(vault_of(dialect).open(bytes(value), self.place))

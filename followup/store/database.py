"""The database as one object: an engine, its vault, and the two kinds of transaction."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, sessionmaker

from followup.store.vault import Vault

# What services call a transaction. They hand it to store functions and never build a query on it.
Tx = Session
_TURN = 20.0  # seconds; whoever waited longer asks SQLite itself, which says what is wrong


class Database:
    """Opens transactions on one database.

    The engine is made lazily and again after a fork, because forked workers must not share its connections.
    """

    def __init__(self, url: str, vault: Vault, *, pool_size: int = 10) -> None:
        self.url = url
        self.vault = vault
        self._pool_size = pool_size
        self._guard = threading.Lock()
        self._writers = threading.Lock()
        self._engine: Engine | None = None
        self._pid = 0

    @property
    def sqlite(self) -> bool:
        """True on the embedded database."""
        return self.url.startswith("sqlite")

    @property
    def engine(self) -> Engine:
        """The engine of this process."""
        with self._guard:
            if self._engine is not None and self._pid != os.getpid():
                # Forked: the parent's sockets are left to the parent, not closed from here.
                self._engine.dispose(close=False)
                self._engine = None
            if self._engine is None:
                self._engine = _make_engine(self.url, self.vault, self._pool_size)
                self._pid = os.getpid()
            return self._engine

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """A transaction that may write: committed at the end, rolled back on any error.

        On SQLite it begins with BEGIN IMMEDIATE, since a read that turns into a write under a plain BEGIN fails at
        once with "database is locked" instead of waiting for its turn.
        """
        with self._turn(), self._session(writing=True) as tx, tx.begin():
            yield tx

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """On SQLite, threads of this process write in turn: its own waiting has no order, so that under load one of
        them may wait for seconds while others pass. Other processes are waited for by SQLite."""
        if not self.sqlite:
            yield
            return
        came = self._writers.acquire(timeout=_TURN)
        try:
            yield
        finally:
            if came:
                self._writers.release()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """A transaction that only reads; nothing it does is kept."""
        with self._session(writing=False) as tx:
            yield tx

    @contextmanager
    def _session(self, *, writing: bool) -> Iterator[Session]:
        engine = self.engine
        if self.sqlite and writing:
            engine = engine.execution_options(followup_writing=True)
        with sessionmaker(engine, expire_on_commit=False, autoflush=True)() as session:
            yield session

    def dispose(self) -> None:
        """Close every connection of this process."""
        with self._guard:
            if self._engine is not None and self._pid == os.getpid():
                self._engine.dispose()
            self._engine = None


def _make_engine(url: str, vault: Vault, pool_size: int) -> Engine:
    # Errors name a statement without its values, which are patients' data.
    options: dict[str, Any] = {"hide_parameters": True}
    if url.startswith("sqlite"):
        options["connect_args"] = {"timeout": 30, "check_same_thread": False}
        if make_url(url).database not in (None, "", ":memory:"):
            options["pool_size"] = pool_size
            options["max_overflow"] = 20
    else:
        options["pool_size"] = pool_size
        options["max_overflow"] = 10
        options["pool_pre_ping"] = True
        options["pool_timeout"] = 10
        # A forgotten transaction must not hold back vacuum, claims or a migration.
        options["connect_args"] = {
            "connect_timeout": 5,
            "application_name": "followup",
            "options": "-c timezone=UTC -c idle_in_transaction_session_timeout=60000 -c lock_timeout=30000",
        }
    engine = create_engine(url, **options)
    engine.dialect.followup_vault = vault  # type: ignore[attr-defined]
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, see below
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writing = connection.get_execution_options().get("followup_writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

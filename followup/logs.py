"""How the service writes its log: one event a line, JSON, ids only."""

import logging
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

# Of what a library fills into its lines, these say which thing it speaks of and hold nothing that was written.
_NAMING = frozenset({"id", "name", "hostname", "queue"})
_FRAMES = 6


def configure(level: str = "INFO", *, console: bool = False) -> None:
    """Set up logging for one process. `console` writes for a person at a terminal, else one JSON object a line.

    Patients' words, names and addresses never reach a log: events carry ids. Libraries speak at WARNING and above,
    and through the same form; what they fill into their lines and what errors say is left out, for it may quote
    anything.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _where_it_happened,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()) if console else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(level, logging.INFO)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = _ToStandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, _of_a_library, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            use_get_message=False,
            pass_foreign_args=True,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("followup").setLevel(level)
    logging.getLogger("workers").setLevel(level)
    # A request line holds addresses of pages only, yet tokens of patients are among them; and SQL holds everything.
    for name in ("uvicorn.access", "sqlalchemy.engine", "twilio", "imaplib", "aiohttp.access"):
        logging.getLogger(name).setLevel(logging.ERROR)


class _ToStandardError(logging.StreamHandler[TextIO]):
    """Writes to what standard error is at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Looked up for each line, since a test or a daemon may put another in its place."""
        return sys.stderr


def _where_it_happened(_logger: object, _method: str, event: EventDict) -> EventDict:
    """An error by its kind and the places it came through; never its words, which may quote a reply or a query."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if isinstance(info, tuple) and info[0] is not None:
        kind, _, trace = info
        frames = traceback.extract_tb(trace)[-_FRAMES:]
        event["exception"] = f"{kind.__module__}.{kind.__qualname__}"
        event["where"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _of_a_library(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A library's line as it was written in its code, with numbers and names of tasks alone filled in."""
    given: Any = event.pop("positional_args", ())
    plain = (
        {key: value if key in _NAMING else _bare(value) for key, value in given.items()}
        if isinstance(given, Mapping)
        else tuple(_bare(value) for value in given)
    )
    if plain:
        with suppress(TypeError, ValueError, KeyError):
            event["event"] = str(event["event"]) % plain
    # What follows the first line is a traceback or a thing's own description, with values in it.
    lines = str(event.get("event", "")).splitlines() or [""]
    event["event"] = lines[0]
    return event


def _bare(value: object) -> object:
    if isinstance(value, int | float):
        return value
    return type(value).__name__ if isinstance(value, BaseException) else "*"

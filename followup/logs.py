"""How the service writes its log: one event a line, JSON, ids only."""

import logging
import sys

import structlog


def configure(level: str = "INFO", *, console: bool = False) -> None:
    """Set up logging for one process. `console` writes for a person at a terminal, else one JSON object a line.

    Patients' words, names and addresses never reach a log: events carry ids. Libraries speak at WARNING and above, and
    through the same form.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()) if console else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(level, logging.INFO)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
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

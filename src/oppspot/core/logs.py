"""How the process logs: one line an event, for people or as JSON; the request's id is on every line."""

import logging
import os
import sys
from typing import Literal

import structlog
from structlog.typing import Processor


def configure_logs(form: Literal["console", "json"]) -> None:
    """Set structured logging up; call it once, before the first line."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    last: Processor = structlog.processors.JSONRenderer() if form == "json" else _for_people()
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # Libraries log by the standard way; their warnings come out in the same form.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=last))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def _for_people() -> Processor:
    # Colours are for eyes: in a file or a pipe their codes would stand between the words.
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty() and not os.environ.get("NO_COLOR"))

"""How gunicorn serves the portal: `gunicorn --config python:portal.server portal.wsgi`.

Loopback and PORT by default; `--bind` chooses otherwise. There is no access log: who reads what is
nobody's business. Gunicorn's own faults are written by the portal's formatter, which leaves out
addresses and paths.
"""

import gc
import os
from pathlib import Path
from typing import Any

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = 2
worker_class = "gthread"
threads = 4
# Load once and fork: quicker to start, and the workers share the memory of the code.
preload_app = True
timeout = 60
graceful_timeout = 10
control_socket_disable = True
accesslog = None
# Workers report that they live by touching a file: in memory, a slow disk cannot stall them.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108

logconfig_dict: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "portal.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "ERROR"},
    "loggers": {
        "gunicorn.error": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "gunicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}


def when_ready(server: Any) -> None:
    """Set the loaded code aside from garbage collection, just before the workers are forked.

    The workers then go on sharing its memory, and end at once when they are told to.
    """
    gc.collect()
    gc.freeze()

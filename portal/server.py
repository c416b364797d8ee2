"""How gunicorn serves the portal: `gunicorn --config python:portal.server portal.wsgi`.

Loopback and PORT by default; `--bind` chooses otherwise. There is no access log: who reads what is
nobody's business. Gunicorn's own faults are written by the portal's formatter, which leaves out
addresses and paths.
"""

import gc
import os
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir
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


def _metrics_folder() -> str:
    """Return an empty directory for what each worker counts (portal.metrics), named by the server.

    What a server that was killed left behind is removed.
    """
    base = Path(worker_tmp_dir or gettempdir())
    for left in base.glob("portal-metrics-*"):
        number = left.name.rpartition("-")[2]
        with suppress(OSError):
            if left.owner() == Path("/proc/self").owner() and not Path(f"/proc/{number}").exists():
                shutil.rmtree(left)
    folder = base / f"portal-metrics-{os.getpid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return str(folder)


raw_env = [f"PROMETHEUS_MULTIPROC_DIR={_metrics_folder()}"]

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


def on_exit(server: Any) -> None:
    """Remove what the workers counted."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)

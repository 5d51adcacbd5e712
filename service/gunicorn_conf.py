"""What gunicorn needs beyond its command line: figures that stay right when a worker ends, and JSON logs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from gunicorn.http import message

from service.logs import GUNICORN
from service.telemetry import FIGURES_DIR, FIGURES_PREFIX

logconfig_dict = GUNICORN
# A batch of 100 IDs of 200 characters, percent-encoded, is the longest line that the contract allows. gunicorn holds
# lines to its own bound, whatever is set below it; its only other choice is no bound at all.
message.MAX_REQUEST_LINE = limit_request_line = 262_144
limit_request_fields = 64
limit_request_field_size = 8190


def child_exit(_server: Any, worker: Any) -> None:  # noqa: ANN401  (gunicorn's)
    """Forget a dead worker's live figures; what it counted stays."""
    if os.environ.get(FIGURES_DIR):
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415  (the master needs it only here)

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # untyped in prometheus-client


def on_exit(_server: Any) -> None:  # noqa: ANN401  (gunicorn's)
    """Remove the folder that the command made."""
    folder = Path(os.environ.get(FIGURES_DIR, ""))
    if folder.name.startswith(FIGURES_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)

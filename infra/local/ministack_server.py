"""Runs MiniStack and saves its state every few seconds. Run by ``.venv-aws``'s Python alone.

MiniStack saves only when it is stopped cleanly. Saving beside that means that a machine which is
switched off loses seconds and not days.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.core.persistence import save_all

SAVE_EVERY_SECONDS = 3.0

# Each save would write forty lines.
logging.getLogger("persistence").setLevel(logging.WARNING)

_saving = threading.Lock()


def _save(services: dict[str, Callable[[], Any]]) -> None:
    """Save, but never twice at once: both would write, and one remove, the same files."""
    with _saving:
        save_all(services)


def _save_for_ever() -> None:
    while True:
        time.sleep(SAVE_EVERY_SECONDS)
        _save(app._build_persistence_save_dict())


def _restore_then_save() -> None:
    """Begin to save only after all is read back: before, there is nothing but emptiness to save."""
    _restore()
    threading.Thread(target=_save_for_ever, daemon=True, name="save").start()


_restore = app._load_persisted_state
if os.environ.get("PERSIST_STATE") == "1":
    # The save at a clean stop takes its turn with the ones before it.
    app.save_all = _save
    app._load_persisted_state = _restore_then_save
app.main()

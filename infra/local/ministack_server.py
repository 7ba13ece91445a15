"""Runs MiniStack and saves its state every few seconds. Run by ``.venv-aws``'s Python alone.

MiniStack saves only when it is stopped cleanly. Saving beside that means that a machine which is
switched off loses seconds and not days.
"""

from __future__ import annotations

import logging
import os
import threading
import time

from ministack import app
from ministack.core.persistence import save_all

SAVE_EVERY_SECONDS = 3.0


# Each save would write forty lines.
logging.getLogger("persistence").setLevel(logging.WARNING)


def _save_for_ever() -> None:
    while True:
        time.sleep(SAVE_EVERY_SECONDS)
        save_all(app._build_persistence_save_dict())


if os.environ.get("PERSIST_STATE") == "1":
    threading.Thread(target=_save_for_ever, daemon=True, name="save").start()
app.main()

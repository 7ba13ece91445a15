"""A fresh process of ours: import the app and answer the first form page.

``python first_page.py FILE`` with the staged code as working directory. ``FILE`` is JSON with the
sealed draft (item, key) and the gateway's event.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path

from canned import Wire  # type: ignore[import-not-found] # It is copied beside this file.


def main() -> None:
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.path.insert(0, os.getcwd())

    from app import app
    from chalicelib import bootstrap

    session = bootstrap.services().clients.session
    Wire(given["item"], base64.b64decode(given["key"])).attach(session)
    answer = app(given["event"], None)
    assert answer["statusCode"] == 200, answer


main()

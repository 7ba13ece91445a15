"""A fresh process of ours: import the app and answer the first form page.

``python -I -S -B first_page.py CODE FILE``: ``CODE`` is an unpacked zip. ``FILE`` is JSON with the
sealed draft (item, key) and the gateway's event.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path


def main() -> None:
    code, file = sys.argv[1:]
    given = json.loads(Path(file).read_text(encoding="utf-8"))
    sys.path[:0] = [code, str(Path(__file__).parent)]

    from canned import Wire  # type: ignore[import-not-found] # It is copied beside this file.

    from app import app
    from chalicelib import bootstrap

    session = bootstrap.services().clients.session
    Wire(given["item"], base64.b64decode(given["key"])).attach(session)
    answer = app(given["event"], None)
    assert answer["statusCode"] == 200, answer


main()

"""``python -I -S -B answers.py CODE FILE HELPERS``: what the zip unpacked in CODE answers.

``FILE`` is JSON with a sealed draft (item, key) and the gateway's events; ``HELPERS`` holds
``canned.py``. Prints JSON: status, content type and body by path, and which modules were imported.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path


def main() -> None:
    code, file, helpers = sys.argv[1:]
    given = json.loads(Path(file).read_text(encoding="utf-8"))
    sys.path.insert(0, code)

    from app import app
    from chalicelib import bootstrap

    # Only now: nothing of the app may come from there.
    sys.path.append(helpers)
    from canned import Wire  # type: ignore[import-not-found] # It is another folder's.

    session = bootstrap.services().clients.session
    Wire(given["item"], base64.b64decode(given["key"])).attach(session)
    told = {}
    for event in given["events"]:
        answer = app(event, None)
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        several = answer.get("multiValueHeaders", {})
        headers |= {name.lower(): values[0] for name, values in several.items()}
        told[event["path"]] = answer["statusCode"], headers["content-type"], answer["body"]
    print(json.dumps({"answers": told, "imported": sorted(sys.modules)}))


main()

"""The floor of a fresh process: what any such service must import, and one client.

``python -I -S -B floor.py CODE FILE``: ``CODE`` holds the libraries, and ``FILE`` is not read.
"""

import sys

sys.path.insert(0, sys.argv[1])

from botocore.session import get_session
from chalice.app import Chalice
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jinja2 import Environment
from pydantic import BaseModel

IMPORTED = (AESGCM, BaseModel, Chalice, Environment)

get_session().create_client("dynamodb")

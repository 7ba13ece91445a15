"""The floor of a fresh process: what any such service must import, and one client."""

from botocore.session import get_session
from chalice.app import Chalice
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jinja2 import Environment
from pydantic import BaseModel

IMPORTED = (AESGCM, BaseModel, Chalice, Environment)

get_session().create_client("dynamodb")

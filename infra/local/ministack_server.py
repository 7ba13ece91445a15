"""Runs MiniStack and saves its state every few seconds. Run by ``.venv-aws``'s Python alone.

MiniStack saves only when it is stopped cleanly. Saving beside that means that a machine which is
switched off loses seconds and not days.

Our policies ask for things that AWS tells them and MiniStack does not: the encryption context of a
request to the key service, the key that an object is put under, which items of a table are asked
for, who sends an e-mail, and the role of a caller who took one on. And they demand TLS, which
nothing has on this machine's loopback.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.persistence import save_all
from ministack.services import s3

SAVE_EVERY_SECONDS = 3.0
KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"

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


_tags_of = iam_actions.request_tag_context


def _conditions_of(service: str, action: str, body: bytes, parameters: Any) -> dict[str, Any]:
    """What a policy's conditions may ask for: the tags that MiniStack knows of, and the context."""
    found: dict[str, Any] = dict(_tags_of(service, action, body, parameters))
    request = json.loads(body) if service == "kms" and body else {}
    context = request.get("EncryptionContext") or request.get("SourceEncryptionContext") or {}
    for name, value in context.items():
        found[f"kms:EncryptionContext:{name}"] = value
        found.setdefault("kms:EncryptionContextKeys", []).append(name)
    keys = _partitions(json.loads(body)) if service == "dynamodb" and body else set()
    return found | ({"dynamodb:LeadingKeys": sorted(keys)} if keys else {})


def _partitions(request: Any) -> set[str]:
    """The partition keys of the items that a request, or any part of it, asks for."""
    if isinstance(request, list):
        return set().union(*map(_partitions, request))
    if not isinstance(request, dict):
        return set()
    equals = re.search(r"pk = (:\w+)", request.get("KeyConditionExpression", ""))
    if equals:
        return {request["ExpressionAttributeValues"][equals[1]]["S"]}
    if "S" in request.get("pk", {}):
        return {request["pk"]["S"]}
    return set().union(*map(_partitions, request.values()))


_sender: ContextVar[str] = ContextVar("sender", default="")
_named_by_mail = iam_actions._ses_v2_resource_arn


def _mail_resource(method: str, path: str, body: bytes, region: str, account: str) -> str:
    """Sending is asked of the sender's domain."""
    if (method, path) != ("POST", "/v2/email/outbound-emails"):
        return str(_named_by_mail(method, path, body, region, account))
    _sender.set(json.loads(body).get("FromEmailAddress", ""))
    return f"arn:aws:ses:{region}:{account}:identity/{_sender.get().rpartition('@')[2]}"


_object_of = iam_actions.s3_service_context


def _object_conditions_of(
    action: str, query: Any, path: str = "", headers: Any = None
) -> dict[str, Any]:
    """What MiniStack knows of an object's request, and the key that it is put under."""
    found: dict[str, Any] = dict(_object_of(action, query, path, headers))
    key = (headers or {}).get(KEY_HEADER)
    return found | ({f"s3:{KEY_HEADER}": key} if key else {})


_resolve = iam_evaluator._resolve_condition_key


def _condition_key(key: str, context: Any) -> Any:
    """``aws:PrincipalArn`` is the role's own, not that of the session in it."""
    if key.lower() == "aws:securetransport":
        return "true"
    if key.lower() == "ses:fromaddress":
        return _sender.get()
    found = _resolve(key, context)
    if key.lower() == "aws:principalarn" and ":assumed-role/" in str(found):
        role = str(found).split("/")[1]
        return f"arn:aws:iam::{context.principal_account}:role/{role}"
    return found


_get_object = s3._get_object


def _get_version(bucket_name: str, key: str, headers: Any, query_params: Any = None) -> Any:
    """A version of an object goes out under the headers that its address asks for."""
    status, told, body = _get_object(bucket_name, key, headers, query_params)
    if status == 200:
        s3._apply_response_overrides(told, query_params or {})
    return status, told, body


s3._get_object = _get_version
iam_actions.request_tag_context = _conditions_of
iam_actions.s3_service_context = _object_conditions_of
iam_actions._ses_v2_resource_arn = _mail_resource
iam_evaluator._resolve_condition_key = _condition_key

_restore = app._load_persisted_state
if os.environ.get("PERSIST_STATE") == "1":
    # The save at a clean stop takes its turn with the ones before it.
    app.save_all = _save
    app._load_persisted_state = _restore_then_save
app.main()

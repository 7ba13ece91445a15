"""What the gateway hands to the function: a REST proxy event for a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
HOST = "referrals.example.org"


def event(
    path: str, *, cookies: Mapping[str, str], form: Mapping[str, list[str]] | None = None
) -> dict[str, Any]:
    """The event of a question page's GET, or of the POST of ``form``, as a browser asks for it."""
    section, page = path.split("/")
    headers = {
        "accept": "text/html",
        "cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "host": HOST,
    }
    if form is not None:
        headers |= {
            "content-type": FORM,
            "origin": f"https://{HOST}",
            "sec-fetch-site": "same-origin",
        }
    return {
        "resource": "/refer/{section}/{page}",
        "path": f"/refer/{path}",
        "httpMethod": "GET" if form is None else "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"section": section, "page": page},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/refer/{section}/{page}",
            "httpMethod": "GET" if form is None else "POST",
            "path": f"/refer/{path}",
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": None if form is None else urlencode(form, doseq=True),
        "isBase64Encoded": False,
    }

"""Where each sealed value belongs. It opens only at its own place, and under its case's key."""

from __future__ import annotations


def draft(case_id: str, version: int) -> str:
    return f"draft/{case_id}/{version}"


def contact(case_id: str) -> str:
    return f"contact/{case_id}/1"


def document(case_id: str) -> str:
    return f"document/{case_id}/1"


def attachment(attachment_id: str) -> str:
    return f"attachment/{attachment_id}/1"


def referrer(case_id: str) -> str:
    return f"referrer/{case_id}/1"


def holder(link: str) -> str:
    return f"holder/{link}/1"


def token(link: str) -> str:
    return f"token/{link}/1"


def letter(message_id: str) -> str:
    return f"letter/{message_id}/1"


def pending_ruling(link: str, nonce: str) -> str:
    return f"pending-ruling/{link}/{nonce}"


def reason(reference: str, number: int) -> str:
    return f"reason/{reference}/{number}"


def information(reference: str, number: int) -> str:
    return f"information/{reference}/{number}"


def pending_words(reference: str, nonce: str) -> str:
    return f"pending-words/{reference}/{nonce}"


def ruling(reference: str, number: int) -> str:
    return f"ruling/{reference}/{number}"

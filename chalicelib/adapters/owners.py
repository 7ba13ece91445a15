"""What a message, a link or a file belongs to: a case, or a draft that is not one yet."""

from __future__ import annotations

from datetime import datetime

from chalicelib.adapters import keys
from chalicelib.adapters.table import Table
from chalicelib.domain.errors import DraftNotFound
from chalicelib.domain.references import is_reference
from chalicelib.ports import Cases, Owner


class TableOwners:
    """Owners by a case's reference or a draft's id."""

    def __init__(self, table: Table, cases: Cases) -> None:
        self._table = table
        self._cases = cases

    def read(self, owner: str) -> Owner:
        """The owner. Raises DraftNotFound, CaseNotFound or CaseErased."""
        return self._case(owner) if is_reference(owner) else self._draft(owner)

    def _case(self, reference: str) -> Owner:
        file = self._cases.read(reference)
        return Owner(
            reference=reference,
            case_id=file.case.case_id,
            wrapped=file.key.wrapped,
            referrer=file.key.referrer,
            undecided=file.case.is_open,
            is_test=file.case.is_test,
        )

    def _draft(self, case_id: str) -> Owner:
        item = self._table.get(keys.draft(case_id))
        if item is None:
            raise DraftNotFound
        if item.get("reference"):
            return self._case(item["reference"])
        return Owner(
            reference="",
            case_id=case_id,
            wrapped=item.get("wrapped_key", b""),
            is_test=bool(item.get("is_test")),
            expires_at=datetime.fromisoformat(item["expires_at"]),
        )

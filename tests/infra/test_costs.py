"""What a stage costs: the page quotes the arithmetic, and the arithmetic counts what happens."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from chalicelib.domain.referrals.journey import PAGES
from infra import costs
from tests import factories
from tests.faults.harness import Faults
from tests.project.files import text
from tests.stage import Stage
from tests.web.decider import Decider
from tests.web.referrer import Referrer

PAGE = "docs/costs.md"
SCRIPT = "infra/costs.py"


def test_the_page_quotes_every_table_of_the_script():
    assert costs.report() in text(PAGE)


def test_a_referral_more_costs_less_than_a_stamp():
    each = (costs.total(1_000_000) - costs.total(0)) / 1_000_000

    assert 0.001 < each < 0.05


@pytest.mark.parametrize(
    "function,known", [("usd", costs.PRICES), ("count", costs.COUNTS)], ids=["prices", "counts"]
)
def test_every_figure_in_the_tables_is_reckoned_with(function, known):
    used = set(re.findall(rf'(?<![.\w]){function}\(\s*"([^"]+)"', text(SCRIPT)))

    assert used == set(known)


@pytest.mark.aws
def test_a_referral_asks_of_aws_what_is_counted(stage: Stage):
    calls = Faults(stage.services.clients.session).calls
    referrer, decider = journey(stage)
    made = Counter(calls)

    assert made["dynamodb.PutItem"] - decider == costs.count("saves of a draft")
    assert referrer == costs.count("pages of a referral")
    assert made["kms.Decrypt"] + made["kms.GenerateDataKey"] == pytest.approx(
        costs.count("key requests of a referral"), abs=3
    )
    # The reminder is queued and lapses, because the decision comes first.
    assert len(stage.mailbox.emails) + 1 == costs.count("messages of a referral")


def journey(stage: Stage) -> tuple[int, int]:
    """Refer a case and decide it. The number of pages, and of rulings that were written."""
    referrer = Referrer(stage).start()
    requests = 3
    for path, forms in factories.full_answers().items():
        for number, form in enumerate(forms, start=1):
            address = f"/refer/{path}" + (f"/{number}" if PAGES[path].many else "")
            assert referrer.fill_in(address, form).status_code == 303
            requests += 2
    assert referrer.fill_in("/refer/check", {}).status_code == 303
    referrer.get("/refer/sent")
    requests += 3
    stage.deliver()
    decider = Decider(stage)
    decider.get("case")
    decider.decide()
    stage.deliver()
    return requests, 1

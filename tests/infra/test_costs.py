"""What a stage costs: the page quotes the arithmetic, and the arithmetic counts what happens."""

from __future__ import annotations

import logging
import re
from collections import Counter

import pytest

from chalicelib.domain.referrals.journey import PAGES
from chalicelib.metrics import Metric
from infra import costs
from tests import factories
from tests.faults.harness import Faults
from tests.infra.template import INFRA, load
from tests.project.files import text
from tests.stage import Stage
from tests.web import uploading
from tests.web.decider import Decider, leads_to, nonce_of
from tests.web.referrer import Referrer, version_of

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


def test_what_costs_by_the_month_is_what_the_templates_make():
    made = [
        resource
        for template in sorted(INFRA.glob("*.yaml"))
        for resource in load(template.name)["Resources"].values()
    ]
    kinds = Counter(resource.get("Type") for resource in made)
    (firewall,) = (each for each in made if each.get("Type") == "AWS::WAFv2::WebACL")

    assert kinds["AWS::CloudWatch::Alarm"] == costs.count("alarms")
    assert kinds["AWS::CloudWatch::Dashboard"] == costs.count("dashboards")
    assert kinds["AWS::KMS::Key"] == costs.count("keys")
    assert len(firewall["Properties"]["Rules"]) == costs.count("rules of the firewall")


def test_every_value_of_a_metric_is_counted_as_a_metric():
    values = (metric.value[3] if len(metric.value) > 2 else [metric] for metric in Metric)

    assert sum(len(list(each)) for each in values) == costs.count("metrics")


@pytest.mark.aws
def test_a_referral_asks_of_aws_what_is_counted(stage: Stage, caplog: pytest.LogCaptureFixture):
    calls = Faults(stage.services.clients.session).calls
    with caplog.at_level(logging.INFO):
        refer(stage)
        saves = Counter(calls)["dynamodb.PutItem"]
        decide(stage)
    answered = [each for each in caplog.records if each.message == "request answered"]
    keys = [each for each in calls if each in ("kms.Decrypt", "kms.GenerateDataKey")]

    assert saves == costs.count("saves of a draft")
    assert len(answered) == costs.count("pages of a referral")
    assert len(keys) == pytest.approx(costs.count("key requests of a referral"), abs=3)
    # The link back to the draft and the reminder are queued and lapse: each has its end first.
    assert len(stage.mailbox.emails) + 2 == costs.count("messages of a referral")


@pytest.mark.aws
def test_a_file_asks_of_the_storage_what_is_counted(stage: Stage):
    calls = Faults(stage.services.clients.session).calls
    referrer = Referrer(stage).start()
    attachment_id = uploading.add(referrer)
    referrer.get(uploading.FILES)
    uploading.scan(stage, attachment_id)
    referrer.get(uploading.FILES)
    asked = [each for each in calls if each.startswith("s3.")]

    # The browser's own request and the scanner's are no calls of ours.
    assert len(asked) + 2 == pytest.approx(costs.count("requests of a file"), abs=3)


def refer(stage: Stage) -> None:
    """Fill in every page, confirm the address and send."""
    referrer = Referrer(stage).start()
    referrer.get("/refer/tasks")
    for path, forms in factories.full_answers().items():
        for number, form in enumerate(forms, start=1):
            address = f"/refer/{path}" + (f"/{number}" if PAGES[path].many else "")
            assert referrer.fill_in(address, form).status_code == 303
    assert referrer.confirm().status_code == 303
    seen = version_of(referrer.get("/refer/check"))
    assert referrer.post("/refer/check", {"version": seen}).status_code == 303
    referrer.get("/refer/sent")
    stage.deliver()


def decide(stage: Stage) -> None:
    """Follow the link, look at every page, decide."""
    decider = Decider(stage)
    code = decider.code()
    decider.get("code")
    assert leads_to(decider.post("code", {"code": code})) == decider.path("case")
    for page in ("case", "interest"):
        decider.get(page)
    decider.post("interest", {"interest": "no"})
    decider.get("outcome")
    decider.post("check", {"nonce": nonce_of(decider.write())})
    assert decider.get("done").status_code == 200
    stage.deliver()

"""A stage is deployed, changed, spoilt, brought back and taken down, by the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.build import templates
from infra.deploying import changes, stacks, vitals
from infra.deploying.browser import Browser
from infra.deploying.changes import Wanted
from infra.deploying.shipping import Shipping, WouldLoseData, refuse_losses
from infra.deploying.stacks import StackFailed
from tests.deploy.conftest import NAME, Site

pytestmark = pytest.mark.aws


def gateway(site: Site) -> str:
    outputs = site.first["outputs"]
    return f"{site.env['AWS_ENDPOINT_URL']}/_aws/execute-api/{outputs['RestAPIId']}/live"


def test_a_stage_is_deployed_from_nothing(site: Site):
    assert site.first["changed"]
    assert site.first["outputs"]["Version"] == site.first["version"]
    health = json.loads(
        Browser(gateway(site), "https://referrals.example.org").open("/health").text
    )
    assert health["version"].endswith(site.first["version"])


def test_deploying_again_finds_nothing_to_do(site: Site):
    again = json.loads(site.built("deploy", "--json").stdout)

    assert (again["changed"], again["version"]) == (False, site.first["version"])


def test_the_deployed_pages_take_a_referral_and_its_jobs_send_the_mail(site: Site):
    passed = site.json("smoke")

    assert passed["pages"] > 40
    assert passed["file"] == "clean"
    assert passed["messages"] == {
        "receipt": "sent",
        "referral-received": "sent",
        "decision-request": "sent",
    }


def test_a_smoke_test_bothers_nobody_and_leaves_no_key_and_no_file(site: Site):
    before = mail(site)
    reference = site.json("smoke")["reference"]

    table = site.first["outputs"]["TableName"]
    items = site.client("dynamodb").query(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"CASE#{reference}"}},
    )["Items"]
    assert not [item for item in items if item["sk"]["S"] == "KEY"]
    (case,) = [item for item in items if item["sk"]["S"] == "CASE"]
    assert case["state"]["S"] == "erased"
    sent = [message for message in mail(site) if message not in before]
    told = {address for message in sent for address in message["To"]}
    assert told == {"success@simulator.amazonses.com"}
    for bucket in ("QuarantineBucket", "AttachmentsBucket"):
        left = site.client("s3").list_object_versions(Bucket=site.first["outputs"][bucket])
        assert not left.get("Versions")


def mail(site: Site) -> list[dict[str, Any]]:
    """Every message that was ever sent."""
    answer = Browser(site.env["AWS_ENDPOINT_URL"], "").open("/_ministack/ses/messages").text
    return [message for some in json.loads(answer)["messages"].values() for message in some]


def test_a_visitor_cannot_mark_a_referral_as_a_test(site: Site):
    browser = Browser(gateway(site), "https://referrals.example.org")
    browser.submit(browser.open("/refer"), {})
    shown = browser.open("/refer/triage/purpose")

    with pytest.raises(Exception, match="answered 400"):
        browser.submit(shown, {"review": ["statutory"], "is_test": ["1"]})


def test_a_change_of_settings_is_shown_applied_and_rolled_back(site: Site):
    before = site.version
    site.set(draft_days=31)

    told = json.loads(site.built("diff", "--json").stdout)
    assert "APIHandler" in {each["resource"] for each in told["app"]}
    assert site.function_variables().get("DRAFT_DAYS", "30") == "30"

    site.built("deploy")
    assert site.function_variables()["DRAFT_DAYS"] == "31"

    back = site.json("rollback")
    assert back["version"] == site.version == before
    assert "DRAFT_DAYS" not in site.function_variables()
    site.set(draft_days=30)


def test_a_release_that_fails_its_smoke_test_gives_way_to_the_one_before(site: Site):
    before = site.version
    # The settings take it, and the form does not: mail cannot go to a name that is reserved.
    site.set(test_mailbox="checks@mail.invalid")

    said = site.built("deploy", code=1).stderr

    assert "POST /refer/referrer/contact answered 422" in said
    assert f"Version {before} runs again." in said
    assert site.version == before
    site.set(test_mailbox="success@simulator.amazonses.com")


def data_template() -> templates.Template:
    return templates.merged(templates.DATA)


def wanted(shipping: Shipping, template: templates.Template) -> Wanted:
    return Wanted(
        stack=shipping.stage.data_stack,
        template=json.dumps(template),
        parameters={"Stage": NAME, "BaseUrl": "https://referrals.example.org"},
        tags={},
    )


def test_an_update_that_adds_an_index_keeps_the_data(site: Site, shipping: Shipping):
    table = site.first["outputs"]["TableName"]
    dynamodb = site.client("dynamodb")
    kept = {"pk": {"S": "CASE#kept"}, "sk": {"S": "CASE"}, "by_agency": {"S": "health"}}
    dynamodb.put_item(TableName=table, Item=kept)
    template = data_template()
    properties = template["Resources"]["Table"]["Properties"]
    properties["AttributeDefinitions"].append({"AttributeName": "by_agency", "AttributeType": "S"})
    properties["GlobalSecondaryIndexes"].append(
        {
            "IndexName": "agencies",
            "KeySchema": [{"AttributeName": "by_agency", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    )

    found = changes.propose(shipping.cloudformation, wanted(shipping, template), poll_seconds=0.05)
    shipping.apply(found, watch=lambda _: None)

    answer = dynamodb.query(
        TableName=table,
        IndexName="agencies",
        KeyConditionExpression="by_agency = :agency",
        ExpressionAttributeValues={":agency": {"S": "health"}},
    )
    assert [item["pk"]["S"] for item in answer["Items"]] == ["CASE#kept"]
    dynamodb.delete_item(TableName=table, Key={"pk": kept["pk"], "sk": kept["sk"]})


def test_a_failing_update_is_rolled_back_and_says_why(site: Site, shipping: Shipping):
    before = site.version
    artifacts = shipping.artifacts()
    runs = artifacts.release(artifacts.history()[0])
    spoilt = runs.model_copy(
        update={
            "version": "000000000000",
            "template": runs.template.replace(runs.code, "code/nobody-put-this-here.zip"),
        }
    )
    found = shipping.propose(spoilt)

    with pytest.raises(StackFailed, match=r"UPDATE_ROLLBACK_COMPLETE:\n  \w+: .+"):
        shipping.apply(found, watch=lambda _: None)

    assert site.version == before
    site.run("smoke")


@pytest.mark.parametrize("resource", ["Table", "ReferralsBucket", "DataKey"])
def test_what_holds_data_is_never_removed(shipping: Shipping, resource: str):
    template = data_template()
    template["Resources"] = {
        name: each
        for name, each in template["Resources"].items()
        if resource not in str((name, each))
    }
    template["Outputs"] = {"Stage": {"Value": {"Ref": "Stage"}}}

    found = changes.propose(shipping.cloudformation, wanted(shipping, template), poll_seconds=0.05)

    with pytest.raises(WouldLoseData, match=resource):
        refuse_losses(found)
    shipping.discard(found)


def test_status_shows_every_function_and_the_last_sweep(site: Site):
    found = json.loads(site.run("status", "--json", code=site_is_swept(site)).stdout)

    assert found["version"] == site.version
    assert {stack["status"] for stack in found["stacks"]} <= vitals.AT_REST
    assert len(found["functions"]) == 6
    assert [queue["waiting"] for queue in found["queues"]] == [0, 0, 0, 0]


def site_is_swept(site: Site) -> int:
    """The exit code that ``status`` has now: the sweep may not have had its first minute yet."""
    group = site.first["outputs"]["SweepLogGroup"]
    lines = site.client("logs").filter_log_events(logGroupName=group)["events"]
    return 0 if any("sweep ran" in line["message"] for line in lines) else 1


def test_logs_show_what_functions_said_and_can_be_searched(site: Site):
    reference = site.json("smoke")["reference"]

    said = site.run("logs", "--filter", f"{reference} receipt", "--since", "1h").stdout

    assert "message sent" in said
    assert "START RequestId" not in said


def test_logs_of_a_function_that_is_not_there_are_refused(site: Site):
    said = site.run("logs", "--function", "nothing", code=2).stderr

    assert "There are: delivery-by-eventbridge" in said


def test_doctor_looks_at_the_account_behind_the_stage(site: Site):
    found = site.json("doctor", "--no-dns")

    levels = {each["name"]: each["level"] for each in found["findings"]}
    assert levels["SES identity"] == "ok"
    assert levels["SPF"] == "warn"
    assert levels["Clock"] == "ok"


def test_a_dry_run_changes_nothing(site: Site):
    site.set(link_days=27)
    moment = datetime.now(UTC)

    site.built("deploy", "--dry-run")
    site.run("rollback", "--dry-run")
    site.run("smoke", "--dry-run")
    site.run("destroy", "--dry-run")

    site.set(link_days=28)
    for stack in (site.stage.app_stack, site.stage.data_stack):
        found = site.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        assert (found.get("LastUpdatedTime") or found["CreationTime"]) < moment


def test_data_are_not_destroyed_while_their_table_is_protected(site: Site):
    said = site.run("destroy", "--data", "--yes", NAME, code=3).stderr

    assert "deletion protection" in said
    assert site.version


@pytest.mark.last
def test_destroying_a_stage_keeps_its_data(site: Site, shipping: Shipping):
    site.run("destroy")

    assert not stacks.describe(shipping.cloudformation, site.stage.app_stack)
    assert stacks.describe(shipping.cloudformation, site.stage.data_stack)
    site.client("dynamodb").describe_table(TableName=site.first["outputs"]["TableName"])

"""What stands before the pages: the gateway's own answers, records and limits, the firewall."""

from __future__ import annotations

import json
import re
from typing import Any

import html5lib
import pytest

# What the gateway may keep of a request: nothing that says who asked or for which case.
KEPT = {
    "requestTime",
    "requestId",
    "httpMethod",
    "resourcePath",
    "status",
    "responseLatency",
    "integrationLatency",
    "responseLength",
    "error.responseType",
    "xrayTraceId",
}
STATUSES = {
    "MISSING_AUTHENTICATION_TOKEN": 404,
    "RESOURCE_NOT_FOUND": 404,
    "ACCESS_DENIED": 403,
    "WAF_FILTERED": 403,
    "REQUEST_TOO_LARGE": 413,
    "THROTTLED": 429,
    "INTEGRATION_TIMEOUT": 504,
    "DEFAULT_4XX": None,
    "DEFAULT_5XX": None,
}
BODY_RULES = {
    "CrossSiteScripting_BODY",
    "EC2MetaDataSSRF_BODY",
    "GenericLFI_BODY",
    "GenericRFI_BODY",
    "SizeRestrictions_BODY",
}


@pytest.fixture
def api(resources) -> dict[str, Any]:
    found: dict[str, Any] = resources["RestAPI"]["Properties"]
    return found


def page(api: dict[str, Any], kind: str) -> str:
    template, words = api["GatewayResponses"][kind]["ResponseTemplates"]["text/html"]["Fn::Sub"]
    return re.sub(r"\$\{(\w+)\}", lambda found: words[found[1]], template)


def test_these_are_the_gateways_own_answers(api):
    assert {k: v.get("StatusCode") for k, v in api["GatewayResponses"].items()} == STATUSES


@pytest.mark.parametrize("kind", STATUSES)
def test_an_answer_of_the_gateway_is_a_whole_page(api, kind):
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)

    document = parser.parse(page(api, kind))

    heading, title = document.find(".//h1").text, document.find(".//title").text
    assert title.startswith(f"{heading} – Refer a case")
    assert document.get("lang") == "en-GB"
    assert "999" in "".join(document.itertext())
    assert not document.findall(".//script")


@pytest.mark.parametrize("kind", STATUSES)
def test_an_answer_of_the_gateway_allows_a_browser_nothing(api, kind):
    headers = api["GatewayResponses"][kind]["ResponseParameters"]["Headers"]

    # The gateway takes a value in quotes, and ends it at the next quote.
    assert all(re.fullmatch(r"'[^']+'", value) for value in headers.values())
    policy = headers["Content-Security-Policy"].strip("'").split("; ")
    assert {"script-src", "form-action", "base-uri", "frame-ancestors"} <= set(policy)
    assert headers["Content-Type"] == "'text/html; charset=utf-8'"
    assert headers["Cache-Control"] == "'no-store'"
    assert headers["X-Content-Type-Options"] == "'nosniff'"


def test_the_gateways_answers_name_no_setting(api):
    # Its deployment does not notice that a parameter changed, and would show the old value.
    assert '"Ref"' not in json.dumps(api["GatewayResponses"])
    assert not re.findall(r"\$\{(?!Title|Text)\w+\}", json.dumps(api["GatewayResponses"]))


def test_the_gateway_keeps_nothing_of_who_asked_or_for_what(api):
    line = api["AccessLogSetting"]["Format"]

    assert set(re.findall(r"\$context\.([\w.]+)", line)) == KEPT
    assert all(json.loads(re.sub(r"\$context\.[\w.]+", "x", line)).values())


def test_the_gateway_writes_no_requests_into_logs_and_lets_few_through_at_once(api):
    (everywhere,) = api["MethodSettings"]

    assert (everywhere["ResourcePath"], everywhere["HttpMethod"]) == ("/*", "*")
    assert (everywhere["LoggingLevel"], everywhere["DataTraceEnabled"]) == ("OFF", False)
    assert 0 < everywhere["ThrottlingRateLimit"] <= everywhere["ThrottlingBurstLimit"]


def test_the_gateway_is_traced_and_has_one_stage(api):
    assert api["TracingEnabled"] is True
    assert api["OpenApiVersion"] == "2.0"
    assert api["StageName"] == "live"
    assert api["EndpointConfiguration"] == "REGIONAL"


def test_the_services_address_speaks_no_old_tls(resources):
    domain = resources["Domain"]

    assert domain["Condition"] == "HasDomain"
    assert domain["Properties"]["SecurityPolicy"] == "TLS_1_2"


def test_the_firewall_does_not_judge_what_a_referral_says(resources):
    rules = {each["Name"]: each for each in resources["Firewall"]["Properties"]["Rules"]}

    overrides = rules["common"]["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
    assert {each["Name"]: each["ActionToUse"] for each in overrides} == {
        name: {"Count": {}} for name in BODY_RULES
    }


def test_the_firewall_stops_floods_and_guessing(resources):
    rules = {each["Name"]: each for each in resources["Firewall"]["Properties"]["Rules"]}
    everything = rules["too-many-of-anything"]["Statement"]["RateBasedStatement"]
    cases = rules["too-many-at-cases"]["Statement"]["RateBasedStatement"]
    where = cases["ScopeDownStatement"]["OrStatement"]["Statements"]

    assert everything["Limit"] > cases["Limit"]
    assert [each["ByteMatchStatement"]["SearchString"] for each in where] == [
        *("/decisions/", "/referral", "/refer/resume")
    ]


def test_the_firewall_keeps_no_samples(resources):
    firewall = resources["Firewall"]["Properties"]

    seen = [firewall["VisibilityConfig"], *(each["VisibilityConfig"] for each in firewall["Rules"])]
    assert not [each for each in seen if each["SampledRequestsEnabled"]]


def test_the_firewall_stands_before_the_stage(resources):
    where = resources["FirewallAtTheGateway"]

    assert where["DependsOn"] == "RestAPIliveStage"
    assert where["Properties"]["ResourceArn"]["Fn::Sub"].endswith(
        "/restapis/${RestAPI}/stages/live"
    )

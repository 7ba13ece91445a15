"""Our components give the HTML of GOV.UK Frontend's own macros, white space apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from chalicelib.templating import environment
from tests.web.govuk import ours, theirs, tree

CASES: dict[str, tuple[str, str]] = {
    "error summary": (
        ours(
            "errors",
            "error_summary",
            [SimpleNamespace(anchor="dob-day", message="Enter a <date>")],
        ),
        theirs(
            "error-summary",
            "govukErrorSummary",
            {
                "titleText": "There is a problem",
                "errorList": [{"href": "#dob-day", "text": "Enter a <date>"}],
            },
        ),
    ),
    "summary list": (
        ours(
            "summary",
            "summary_list",
            [("Full name", ["Ada <b>"], "/name"), ("Address", ["1 A Street", "B"], None)],
        ),
        theirs(
            "summary-list",
            "govukSummaryList",
            {
                "rows": [
                    {
                        "key": {"text": "Full name"},
                        "value": {"text": "Ada <b>"},
                        "actions": {
                            "items": [
                                {
                                    "href": "/name",
                                    "text": "Change",
                                    "visuallyHiddenText": "full name",
                                }
                            ]
                        },
                    },
                    {"key": {"text": "Address"}, "value": {"html": "1 A Street<br>B"}},
                ]
            },
        ),
    ),
    "summary list that cannot be changed": (
        ours("summary", "summary_list", [("Full name", ["Ada"])]),
        theirs(
            "summary-list",
            "govukSummaryList",
            {"rows": [{"key": {"text": "Full name"}, "value": {"text": "Ada"}}]},
        ),
    ),
    "button": (
        ours(
            "button",
            "button",
            "Save",
            name="action",
            value="save",
            classes="govuk-button--secondary",
        ),
        theirs(
            "button",
            "govukButton",
            {
                "text": "Save",
                "name": "action",
                "value": "save",
                "classes": "govuk-button--secondary",
                "preventDoubleClick": True,
            },
        ),
    ),
    "start button": (
        ours("button", "button", "Start", href="/refer", start=True),
        theirs("button", "govukButton", {"text": "Start", "href": "/refer", "isStartButton": True}),
    ),
    "panel": (
        ours("panel", "panel", "Sent", "PR-ABCD2345"),
        theirs("panel", "govukPanel", {"titleText": "Sent", "text": "PR-ABCD2345"}),
    ),
    "warning": (
        ours("text", "warning_text", "You cannot undo this"),
        theirs("warning-text", "govukWarningText", {"text": "You cannot undo this"}),
    ),
    "inset text": (
        ours("text", "inset_text", "By the way"),
        theirs("inset-text", "govukInsetText", {"text": "By the way"}),
    ),
    "details": (
        ours("text", "details", "Help", "Ten digits", open=True),
        theirs(
            "details", "govukDetails", {"summaryText": "Help", "text": "Ten digits", "open": True}
        ),
    ),
    "tag": (
        ours("text", "tag", "New", "blue"),
        theirs("tag", "govukTag", {"text": "New", "classes": "govuk-tag--blue"}),
    ),
    "back link": (
        ours("navigation", "back_link", "/refer"),
        f'<nav aria-label="Back">{theirs("back-link", "govukBackLink", {"href": "/refer"})}</nav>',
    ),
    "notification": (
        ours("banner", "notification_banner", "Saved"),
        theirs("notification-banner", "govukNotificationBanner", {"text": "Saved"}),
    ),
    "notification of success": (
        ours("banner", "notification_banner", "Saved", success=True),
        theirs(
            "notification-banner", "govukNotificationBanner", {"text": "Saved", "type": "success"}
        ),
    ),
    "task list": (
        ours(
            "task_list",
            "task_list",
            [
                {"title": "Child", "href": "/a", "status": "Completed", "colour": ""},
                {"title": "Kin", "href": "/b", "status": "New", "colour": "blue", "hint": "All"},
                {"title": "Send", "href": "", "status": "Cannot start yet", "colour": ""},
            ],
        ),
        theirs(
            "task-list",
            "govukTaskList",
            {
                "items": [
                    {"title": {"text": "Child"}, "href": "/a", "status": {"text": "Completed"}},
                    {
                        "title": {"text": "Kin"},
                        "href": "/b",
                        "hint": {"text": "All"},
                        "status": {"tag": {"text": "New", "classes": "govuk-tag--blue"}},
                    },
                    {
                        "title": {"text": "Send"},
                        "status": {
                            "text": "Cannot start yet",
                            "classes": "govuk-task-list__status--cannot-start-yet",
                        },
                    },
                ]
            },
        ),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_component_is_that_of_gov_uk_frontend(case):
    mine, reference = CASES[case]

    assert tree(mine) == tree(reference)


def test_no_problems_give_no_error_summary():
    assert not ours("errors", "error_summary", ()).strip()


def test_a_form_carries_the_token_and_the_stamp():
    template = environment().from_string(
        '{% from "components/form.html" import form %}'
        '{% call form("token", version="stamp") %}<b>inside</b>{% endcall %}'
    )
    html = template.render()

    assert '<form method="post" novalidate>' in html
    assert '<input type="hidden" name="csrf" value="token">' in html
    assert '<input type="hidden" name="version" value="stamp">' in html
    assert "<b>inside</b>" in html


def test_the_end_of_a_session_is_told_by_the_servers_clock():
    now = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
    html = ours("session", "session_end", "token", now + timedelta(minutes=30), now, "/extend")

    assert 'action="/extend" data-session-ends="2026-11-24T14:30:00+00:00"' in html
    assert 'data-session-now="2026-11-24T14:00:00+00:00"' in html
    assert '<input type="hidden" name="csrf" value="token">' in html
    assert "You will be signed out at 2:30pm." in html


def test_a_summary_card_says_what_its_actions_are_about():
    html = ours(
        "summary", "summary_card", "Ada", [("Age", ["4"])], actions=[("Remove", "/x", "Ada")]
    )

    assert '<a class="govuk-link" href="/x">Remove<span class="govuk-visually-hidden"> Ada' in html
    assert '<h2 class="govuk-summary-card__title">Ada</h2>' in html

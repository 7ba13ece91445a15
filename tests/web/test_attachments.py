"""The files of a draft, as their pages show them and take them."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from chalicelib.domain.attachments import MAX_FILE, MAX_FILES, Verdict
from chalicelib.domain.errors import Unavailable
from tests.stage import BASE_URL, Stage
from tests.web.referrer import Referrer
from tests.web.uploading import FILES, PDF, Form, add, permit, scan
from tests.web.visitor import heading, page

pytestmark = pytest.mark.aws


@pytest.fixture
def referrer(stage: Stage) -> Referrer:
    return Referrer(stage).start()


def rows(referrer: Referrer) -> list[tuple[str, str]]:
    """Each file in the list with its state."""
    shown = page(referrer.get(FILES))
    found = re.findall(r'class="uploads__name">([^<]+)<.*?<strong[^>]*>([^<]+)<', shown, re.S)
    return [(name, state) for name, state in found]


def problem(answer) -> str:
    assert answer.headers["content-type"] == "application/json"
    return str(json.loads(answer.body)["problem"])


def test_the_limits_are_said_before_a_file_is_chosen(referrer):
    shown = page(referrer.get(FILES))

    assert "up to 25 MB each" in shown
    assert "up to 20 files, and 100 MB in all" in shown
    assert "PDF, Word, Excel" in shown
    assert "You have not added any files." in shown


def test_only_the_pages_of_files_may_reach_the_storage(referrer):
    listing = referrer.get(FILES).headers["content-security-policy"]
    origin = referrer.stage.services.attachments.upload_origin
    form = referrer.get(referrer.post(f"{FILES}/allow").headers["location"])

    assert f"connect-src 'self' {origin};" in listing
    assert "form-action 'self';" in listing
    assert f"form-action 'self' {origin};" in form.headers["content-security-policy"]
    assert "connect-src 'self';" in form.headers["content-security-policy"]
    for path in ("/", "/refer", "/refer/tasks", "/refer/child/name", "/cookies"):
        assert origin not in referrer.get(path).headers["content-security-policy"], path


def test_a_file_that_was_sent_is_checked_and_then_safe(referrer):
    sent = add(referrer, "letter.pdf")
    assert rows(referrer) == [("letter.pdf", "Being checked")]

    scan(referrer.stage, sent)

    assert rows(referrer) == [("letter.pdf", "Safe")]
    assert "Refresh this page" not in page(referrer.get(FILES))


def test_a_file_with_a_virus_is_named_with_the_reason(referrer):
    scan(referrer.stage, add(referrer, "letter.pdf"), Verdict.INFECTED)

    assert rows(referrer) == [("letter.pdf", "Not accepted")]
    assert "This file has a virus" in page(referrer.get(FILES))


def test_an_upload_that_did_not_finish_is_shown_as_such(referrer):
    permit(referrer, "letter.pdf", len(PDF))

    assert rows(referrer) == [("letter.pdf", "Not uploaded")]


def test_a_permit_leads_straight_to_the_storage_and_back_to_nothing(referrer):
    answer = permit(referrer, "letter.pdf", len(PDF))
    given = json.loads(answer.body)

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert given["url"].startswith(referrer.stage.services.attachments.upload_origin)
    assert "success_action_redirect" not in given["fields"]
    assert "letter.pdf" not in answer.body.decode()


@pytest.mark.parametrize(
    "name, size, words",
    [
        ("letter.pdf", MAX_FILE + 1, "The file is larger than 25 MB"),
        ("letter.pdf", 0, "This file is empty"),
        ("letter.exe", 10, "This kind of file cannot be added"),
        ("letter", 10, "This kind of file cannot be added"),
    ],
)
def test_a_file_that_will_not_do_is_refused_before_it_is_sent(referrer, name, size, words):
    answer = permit(referrer, name, size)

    assert answer.status_code == 422
    assert problem(answer).startswith(words)
    assert rows(referrer) == []


def test_one_file_more_than_may_be_sent_is_refused(referrer):
    for number in range(MAX_FILES):
        assert permit(referrer, f"{number}.pdf", 10).status_code == 200

    assert problem(permit(referrer, "21.pdf", 10)).startswith("You can add 20 files")
    shown = page(referrer.get(FILES))
    assert "You have used 20 of 20 files and 200 bytes of 100 MB. You cannot add more" in shown
    assert "Add a file" not in shown
    refused = referrer.post(f"{FILES}/allow")
    assert refused.status_code == 422
    assert "There is a problem" in page(refused)


def test_files_that_are_too_large_together_are_refused(referrer):
    for number in range(4):
        assert permit(referrer, f"{number}.pdf", MAX_FILE).status_code == 200

    assert "larger than 100 MB in all" in problem(permit(referrer, "5.pdf", 10))


def test_somebody_in_a_great_hurry_is_asked_to_wait(referrer):
    for _ in range(60):
        given = json.loads(permit(referrer, "letter.pdf", 10).body)
        referrer.post(f"{FILES}/{given['id']}/remove")
    answer = permit(referrer, "letter.pdf", 10)

    assert answer.status_code == 429
    assert "Try again after 1pm" in problem(answer)
    assert referrer.post(f"{FILES}/allow").status_code == 429


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "a.pdf"},
        {"size": "1"},
        {"name": "a.pdf", "size": "-1"},
        {"name": "a.pdf", "size": "1e3"},
        {"name": "a.pdf", "size": "1" * 16},
        {"name": "a" * 1001, "size": "1"},
        {"name": ["a.pdf", "b.pdf"], "size": "1"},
        {"name": "a.pdf", "size": "1", "more": "x"},
    ],
)
def test_a_request_that_the_script_never_makes_is_refused(referrer, fields):
    assert referrer.post(f"{FILES}/allow", fields).status_code == 400


def test_without_the_script_a_file_is_posted_to_the_storage(referrer):
    place = referrer.post(f"{FILES}/allow").headers["location"]
    shown = page(referrer.get(place))
    form = Form.on(shown)
    answer = form.send("letter.pdf", PDF)

    assert shown.index('type="file"') > shown.rindex('name="policy"')
    assert answer.status == 303
    back = answer.getheader("Location", "")
    assert back.startswith(f"{BASE_URL}{FILES}?")
    clean = referrer.get(back.removeprefix(BASE_URL))
    assert clean.headers["location"] == f"{FILES}?added=yes"
    assert "The file was added" in page(referrer.get(f"{FILES}?added=yes"))
    ((_, state),) = rows(referrer)
    assert state == "Being checked"
    scan(referrer.stage, place.rpartition("/")[2])
    assert rows(referrer) == [("letter.pdf", "Safe")]


def test_the_address_of_permits_leads_back_to_the_list(referrer):
    assert referrer.get(f"{FILES}/allow").headers["location"] == FILES


def test_the_form_for_a_file_can_be_opened_again_until_it_was_used(referrer):
    place = referrer.post(f"{FILES}/allow").headers["location"]
    assert heading(referrer.get(place)) == "Add a file"
    assert rows(referrer) == []
    form = Form.on(page(referrer.get(place)))

    assert form.send("large.pdf", b"x" * (MAX_FILE + 1)).status == 400
    assert Form.on(page(referrer.get(place))).send("letter.pdf", PDF).status == 303
    assert referrer.get(place).headers["location"] == FILES


def test_the_form_for_a_file_ends_after_an_hour(referrer):
    place = referrer.post(f"{FILES}/allow").headers["location"]
    referrer.stage.clock.advance(timedelta(minutes=60))

    assert referrer.get(place).headers["location"] == FILES


def test_a_file_is_removed_after_a_question(referrer):
    sent = add(referrer, "letter.pdf")
    asked = referrer.get(f"{FILES}/{sent}/remove")
    assert heading(asked) == "Do you want to remove this file?"
    assert "letter.pdf" in page(asked)
    assert rows(referrer) == [("letter.pdf", "Being checked")]

    done = referrer.post(f"{FILES}/{sent}/remove")

    assert done.headers["location"] == f"{FILES}?removed=yes"
    assert rows(referrer) == []
    assert "The file was removed." in page(referrer.get(f"{FILES}?removed=yes"))
    assert referrer.get(f"{FILES}/{sent}/remove").headers["location"] == FILES
    assert referrer.post(f"{FILES}/{sent}/remove").status_code == 303


def test_files_of_another_draft_are_neither_shown_nor_removed(referrer, stage):
    sent = add(referrer, "letter.pdf")
    other = Referrer(stage).start()

    assert rows(other) == []
    assert other.get(f"{FILES}/{sent}/remove").status_code == 303
    other.post(f"{FILES}/{sent}/remove")
    assert rows(referrer) == [("letter.pdf", "Being checked")]


def test_a_name_is_shown_without_a_path_and_without_markup(referrer):
    add(referrer, "../../<b>x</b>.pdf")
    shown = page(referrer.get(FILES))

    assert "<b>x" not in shown
    assert "../" not in shown.partition("<main")[2].partition("uploads__name")[2]


def test_no_permit_is_given_while_the_records_cannot_be_reached(referrer):
    referrer.lost["allow"] = Unavailable("none")
    answer = permit(referrer, "letter.pdf", 10)

    assert answer.status_code == 503
    assert answer.headers["content-type"].startswith("text/html")


def test_files_need_a_draft(stage):
    stranger = Referrer(stage)
    stranger.get("/")

    assert stranger.get(FILES).status_code == 404
    assert stranger.post(f"{FILES}/allow", {"name": "a.pdf", "size": "1"}).status_code == 404

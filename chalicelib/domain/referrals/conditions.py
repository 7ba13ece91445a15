"""When a page is asked: conditions on the answers of pages before it."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.domain.referrals import pages
from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.page import Condition


def _only_if(words: str) -> Callable[[Callable[[Answers], bool]], Condition]:
    return lambda holds: Condition(holds, words)


def unborn(answers: Answers) -> bool:
    birth = answers.at("child/birth", pages.child.Birth)
    return birth is not None and birth.birth is pages.child.BirthKnown.UNBORN


@_only_if("the child has been born")
def born(answers: Answers) -> bool:
    return not unborn(answers)


def died(answers: Answers) -> bool:
    death = answers.at("child/death", pages.child.Death)
    return born(answers) and death is not None and death.died is pages.choices.YesNo.YES


@_only_if("the child has not died")
def alive(answers: Answers) -> bool:
    return not died(answers)


@_only_if("the child has been born and has not died")
def alive_and_born(answers: Answers) -> bool:
    return born(answers) and alive(answers)


@_only_if("you have discussed the referral with a safeguarding lead")
def lead_is_another(answers: Answers) -> bool:
    discussion = answers.at("lead/discussed", pages.lead.Discussion)
    return discussion is not None and discussion.discussed is pages.lead.Discussed.YES


@_only_if("the child was open to one of these services at the time")
def has_lead_worker(answers: Answers) -> bool:
    open_to = answers.at("child/open-to", pages.support.OpenTo)
    return open_to is not None and open_to.support in (
        pages.support.Support.SOCIAL_CARE,
        pages.support.Support.EARLY_HELP,
    )


def involves(process: str) -> Condition:
    """Whether this process, by the value of its option, is one of those named."""

    @_only_if("you named it above")
    def named(answers: Answers) -> bool:
        ticked = answers.at("parallel/processes", pages.parallel.Processes)
        return ticked is not None and process in ticked.processes

    return named

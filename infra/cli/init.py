"""``init``: writes a stage's file, with a question for each setting that has no safe default."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from chalicelib.settings import Settings
from infra.cli import stages
from infra.cli.console import AsJson, BadUsage, Console, DryRun, Refused, StageName, facts
from infra.cli.stages import Deploy, Stage

commands = typer.Typer()

Answers = dict[str, str]
DEPLOY = "deploy."


@dataclass(frozen=True)
class Question:
    """One question. ``name`` is that of a setting, or of a ``deploy.`` one.

    The answer offered is that to the question ``same_as``, or else the setting's own default.
    """

    name: str
    text: str
    may_be_empty: bool = False
    same_as: str = ""

    def default(self, answers: Answers) -> str:
        field = self.field
        own = "" if field.is_required() else str(field.default)
        return answers.get(self.same_as, "") or own

    @property
    def field(self) -> FieldInfo:
        if self.name.startswith(DEPLOY):
            return Deploy.model_fields[self.name.removeprefix(DEPLOY)]
        return Settings.model_fields[self.name]


QUESTIONS = (
    Question("partnership_name", "The partnership's name in full"),
    Question("partnership_short", "Its usual abbreviation"),
    Question("area", "The area that it serves"),
    Question("base_url", "The service's address, with https://"),
    Question("mail_from", "The address that e-mails come from"),
    Question("decision_maker_label", "What whoever decides is called"),
    Question("decision_maker_name", "Their name"),
    Question("decision_maker_email", "Their e-mail address; decision links go there"),
    Question("deputy_name", "The deputy's name (empty for none)", may_be_empty=True),
    Question("deputy_email", "The deputy's e-mail address (empty for none)", may_be_empty=True),
    Question("office_name", "What the office is called"),
    Question("office_phone", "The office's telephone"),
    Question("office_email", "The office's e-mail address"),
    Question("urgent_phone", "Whom to phone about a child in danger now"),
    Question("urgent_phone_out_of_hours", "The same at night and at weekends"),
    Question("decision_working_days", "Working days to a decision"),
    Question("silence_working_days", "Working days until the office is reminded"),
    Question("draft_days", "Days that a draft is kept"),
    Question("link_days", "Days that a decision link works"),
    Question("deploy.region", "The AWS region"),
    Question(
        "deploy.domain_name",
        "The domain name to set up in API Gateway (empty for none)",
        may_be_empty=True,
    ),
    Question("deploy.certificate_arn", "Its certificate's ARN (empty for none)", may_be_empty=True),
    Question("deploy.alarm_email", "Who is told of alarms", same_as="office_email"),
)

AnswersFile = Annotated[
    Path | None,
    typer.Option("--answers", metavar="FILE", help="A JSON object of answers; nothing is asked."),
]
Given = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="An answer; may be repeated."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is already there.")]


@commands.command()
def init(
    name: StageName,
    answers: AnswersFile = None,
    given: Given = None,
    force: Force = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Write a stage's settings to infra/stages/STAGE.json, asking for each.

    When: before the first deployment of a stage. Later, edit the file. Every setting is explained
    in docs/settings.md, and checked before it is written.

    Example: python -m infra init prod
    Example: python -m infra init test --answers answers.json --set area=Exampleton
    """
    console = Console(as_json=as_json)
    path = stages.path_of(name)
    if path.exists() and not (force or dry_run):
        raise Refused(
            f"{path} is already there and was left alone.",
            next_step="Edit it, or replace it with --force.",
        )
    known = _known(answers, given or [])
    stage = _stage(name, known if answers else _asked(console, known))
    if not dry_run:
        stages.save(stage)
        console.say(f"Written: {path}\nNext: python -m infra doctor {name}")
    content = {**stage.written, "deploy": stage.deploy.model_dump(mode="json")}
    console.result(
        {"stage": name, "file": str(path), "written": not dry_run, "content": content},
        facts(content) if dry_run else None,
    )


def _known(answers: Path | None, given: list[str]) -> Answers:
    """The answers that need not be asked for. Raises BadUsage for a file that cannot be read."""
    known: Answers = {}
    if answers:
        try:
            content = json.loads(answers.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BadUsage(f"{answers} cannot be read as JSON: {error}") from error
        known |= _flat(content)
    for each in given:
        setting, equals, value = each.partition("=")
        if not equals:
            raise BadUsage(f"--set {each}: write it as NAME=VALUE.")
        known[setting] = value
    return known


def _flat(content: Mapping[str, Any]) -> Answers:
    flat: Answers = {}
    for name, value in content.items():
        if name == "deploy":
            flat |= {f"{DEPLOY}{inner}": _written(each) for inner, each in value.items()}
        else:
            flat[name] = _written(value)
    return flat


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _asked(console: Console, known: Answers) -> Answers:
    """Every answer: the known ones, and those that a person gives now."""
    console.say("Press Enter to take what stands in brackets. docs/settings.md explains each.\n")
    found = dict(known)
    for question in QUESTIONS:
        if question.name not in found:
            found[question.name] = _ask(console, question, found)
    return found


def _ask(console: Console, question: Question, found: Answers) -> str:
    """Ask until the answer is one that the setting can have."""
    default = question.default(found)
    while True:
        shown = default if default or question.may_be_empty else None
        answer = str(
            typer.prompt(question.text, default=shown, show_default=bool(default), err=True)
        )
        problem = _problem(question, answer.strip())
        if not problem:
            return answer.strip()
        console.warn(problem)


def _problem(question: Question, answer: str) -> str:
    """What is wrong with an answer, taken alone; empty if nothing is."""
    if not answer:
        return "" if question.may_be_empty else "an answer is needed"
    kind: Any = Annotated[question.field.annotation, question.field]
    try:
        TypeAdapter(kind).validate_python(answer)
    except ValidationError as error:
        return error.errors()[0]["msg"].removeprefix("Value error, ")
    return ""


def _stage(name: str, answers: Answers) -> Stage:
    """The stage that the answers make. Raises BadUsage, which names every fault."""
    filled = {key: value for key, value in answers.items() if value}
    deploy = {
        key.removeprefix(DEPLOY): value for key, value in filled.items() if key.startswith(DEPLOY)
    }
    settings: dict[str, Any] = {"stage": name}
    settings |= {key: value for key, value in filled.items() if not key.startswith(DEPLOY)}
    production = settings.pop("is_production", str(name == stages.PRODUCTION))
    return stages.parse(
        name, settings | {"deploy": deploy, "is_production": production.lower() == "true"}
    )

"""`{% load learning %}`: what the learner's page says about an enrolment."""

from itertools import groupby
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from programmes.models import Stage, Step, StepKind
from programmes.queries import LearningView, StepView

register = template.Library()

NUMBERS = ("一", "二", "三", "四", "五")
DESCRIPTIONS = {
    Stage.LEARN: _("understand the rules and the reasons"),
    Stage.TRAIN: _("try it in real situations"),
    Stage.TEST: _("see how well it sits"),
    Stage.PLEDGE: _("write it down and sign it"),
    Stage.PRACTISE: _("do it and leave a record"),
}
ASSESS_ONESELF = _("look at yourself as you are")
ICONS = {
    StepKind.COURSE: "learn",
    StepKind.SESSION: "cal",
    StepKind.DRILL: "train",
    StepKind.EXAM: "exam",
    StepKind.SURVEY: "list",
    StepKind.PLEDGE: "pledge",
    StepKind.PRACTISE: "act",
}
VERBS = {
    StepKind.COURSE: _("Go on learning"),
    StepKind.SESSION: _("See the training session"),
    StepKind.DRILL: _("Go on practising"),
    StepKind.EXAM: _("Go to the exam"),
    StepKind.SURVEY: _("Go to the self-assessment"),
    StepKind.PLEDGE: _("Read the letter"),
    StepKind.PRACTISE: _("Record a deed"),
}


@register.filter
def stage_word(step: Step) -> str:
    """The stage of a step by name. A self-assessment has no right and wrong, so it is never called a test."""
    return str(StepKind.SURVEY.label if step.kind == StepKind.SURVEY else Stage(step.stage).label)


@register.filter
def stages(view: LearningView) -> list[dict[str, Any]]:
    """The stages of the programme as items of `{% slips %}`."""
    grouped = [(Stage(stage), list(steps)) for stage, steps in groupby(view.steps, key=lambda row: row.step.stage)]
    return [_slip(number, stage, steps) for number, (stage, steps) in zip(NUMBERS, grouped, strict=False)]


def _slip(number: str, stage: Stage, steps: list[StepView]) -> dict[str, Any]:
    done = sum(1 for row in steps if row.state == "done")
    current = next((row for row in steps if row.state == "now"), None)
    if done == len(steps):
        state, text = "done", gettext("done")
    elif current:
        state, text = "now", _so_far(current, done, len(steps))
    else:
        state, text = "todo", gettext("not yet open")
    opened = current or next((row for row in steps if row.entry_url), None)
    return {
        "number": number,
        "word": stage_word(steps[0].step),
        "description": ASSESS_ONESELF if steps[0].step.kind == StepKind.SURVEY else DESCRIPTIONS[stage],
        "state": state,
        "text": text,
        "url": opened.entry_url if opened else "",
    }


def _so_far(current: StepView, done: int, total: int) -> str:
    """How far a stage is: its steps if there are several, else the inside of its only one."""
    if total > 1:
        return f"{done}/{total}"
    if current.progress and current.progress.total > 1:
        return f"{current.progress.done}/{current.progress.total}"
    return gettext("under way")


@register.filter
def percent_done(view: LearningView) -> int:
    """Completed steps of all steps, in whole percents."""
    if not view.steps:
        return 0
    return 100 * sum(1 for row in view.steps if row.state == "done") // len(view.steps)


@register.filter
def deadline(view: LearningView) -> str:
    """The last day as a sentence without its full stop, with the days that are left."""
    due = view.enrolment.due_on or view.enrolment.programme.closes_on
    left = (due - timezone.localdate()).days
    day = gettext("{month}/{day}").format(month=due.month, day=due.day)
    if left < 0:
        return gettext("It ended on {day}").format(day=day)
    if left == 0:
        return gettext("Today is the last day")
    words = ngettext("{left} day left, until {day}", "{left} days left, until {day}", left)
    return words.format(day=day, left=left)


@register.filter
def greeting(view: LearningView) -> str:
    """What is said after the learner's name: begin, go on, all done, or too late for more."""
    if not view.steps:
        return gettext("the steps are not ready yet")
    if view.next_step is None:
        return gettext("all steps are done")
    if (view.enrolment.due_on or view.enrolment.programme.closes_on) < timezone.localdate():
        return gettext("you can read again what you learned")
    if any(row.state == "done" or (row.progress and row.progress.done) for row in view.steps):
        return gettext("go on where you stopped")
    return gettext("begin with the first step")


@register.filter
def verb(row: StepView) -> str:
    """What the button to this step says."""
    return str(VERBS[StepKind(row.step.kind)])


@register.filter
def kind_icon(row: StepView) -> str:
    """Name of the icon of this step's kind."""
    return ICONS[StepKind(row.step.kind)]

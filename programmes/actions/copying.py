"""A programme in one step: from a preset, or from a programme that is there."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from foundation.audit.actions import record
from organisations.models import Organisation
from programmes.actions.assigning import enrol_unit
from programmes.actions.setup import add_step, create_programme
from programmes.contracts import CONFIGURATORS
from programmes.models import Programme, Stage, Step
from programmes.presets import Preset


@transaction.atomic
def create_from_preset(
    *,
    by: AbstractBaseUser,
    preset: Preset,
    title: str,
    opens_on: date,
    closes_on: date,
    unit: Organisation | None = None,
) -> Programme:
    """A draft with every step of `preset`, each asking for what is there. What is missing shows as not chosen: the
    programme opens only once it is. `unit`: its people are enrolled. Raises ValidationError if a field is wrong."""
    year = opens_on.year
    programme = create_programme(
        by=by,
        slug=_free_slug(f"{preset.slug}-{year}"),
        title=title.strip() or preset.title.format(year=year),
        title_en="" if title.strip() else preset.title_en.format(year=year),
        summary=preset.summary,
        audience=preset.audience,
        opens_on=opens_on,
        closes_on=closes_on,
        certificate_after=Stage.PRACTISE,
        certificate_months=preset.certificate_months,
    )
    for planned in preset.steps:
        step = add_step(
            by=by, programme=programme, stage=planned.stage, kind=planned.kind,
            title=planned.title, title_en=planned.title_en,
        )  # fmt: skip
        CONFIGURATORS[step.kind].bind(step.pk, planned.wanted)
    _note(by, programme, f"preset:{preset.slug}", unit)
    return programme


@transaction.atomic
def copy_programme(
    *,
    by: AbstractBaseUser,
    source: Programme,
    title: str,
    opens_on: date,
    closes_on: date,
    unit: Organisation | None = None,
) -> Programme:
    """A draft like `source`, whatever its state; steps ask for the same as long as that can be asked for. Dates of
    training are not taken along. Raises ValidationError if a field is wrong."""
    programme = create_programme(
        by=by,
        slug=_free_slug(f"{source.slug[:50]}-{opens_on.year}"),
        title=title.strip() or source.title,
        title_en="" if title.strip() else source.title_en,
        summary=source.summary,
        audience=source.audience,
        opens_on=opens_on,
        closes_on=closes_on,
        certificate_after=source.certificate_after,
        certificate_months=source.certificate_months,
    )
    for old in Step.objects.filter(programme=source).order_by("stage", "position"):
        step = add_step(
            by=by, programme=programme, stage=old.stage, kind=old.kind, title=old.title, title_en=old.title_en
        )
        CONFIGURATORS[step.kind].copy(old.pk, step.pk)
    _note(by, programme, f"programmes.Programme:{source.pk}", unit)
    return programme


def _note(by: AbstractBaseUser, programme: Programme, source: str, unit: Organisation | None) -> None:
    record(
        action="programmes.copy_programme",
        actor=by,
        target=f"programmes.Programme:{programme.pk}",
        details={"from": source},
    )
    if unit is not None:
        enrol_unit(by=by, programme=programme, organisation=unit)


def _free_slug(wanted: str) -> str:
    """`wanted`, or with the first number from 2 on that is free."""
    taken = set(Programme.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    number = 1
    while (slug := wanted if number == 1 else f"{wanted}-{number}") in taken:
        number += 1
    return slug

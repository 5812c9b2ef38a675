"""The figures by unit: as they are stored, and as they follow from the enrolments."""

from collections import Counter

from django.db.models import Count, Q, QuerySet, Sum

from programmes.models import Enrolment, EnrolmentState, Measure, Outlook, StepCompletion, UnitStepTally

# programme, organisation, measure, step
TallyKey = tuple[int, int, str, int | None]


def derived_tallies(enrolments: QuerySet[Enrolment], completions: QuerySet[StepCompletion]) -> "Counter[TallyKey]":
    """What the figures of these enrolments and their completions are. Two statements.

    A completion that no job has counted yet is not in the figures, wherever the person belongs meanwhile.
    """
    found: Counter[TallyKey] = Counter()
    finished = Q(finished_at__isnull=False)
    people = enrolments.filter(state=EnrolmentState.ACTIVE).order_by().values("programme_id", "organisation_id")
    sums = people.annotate(
        enrolled=Count("pk"),
        finished=Count("pk", filter=finished),
        doubtful=Count("pk", filter=~finished & Q(outlook__gte=Outlook.DOUBTFUL)),
    )
    measures = (Measure.ENROLLED, Measure.FINISHED, Measure.DOUBTFUL)
    for programme, unit, *counts in sums.values_list(
        "programme_id", "organisation_id", "enrolled", "finished", "doubtful"
    ):
        found.update({(programme, unit, m.value, None): n for m, n in zip(measures, counts, strict=True) if n})
    done = completions.filter(enrolment__state=EnrolmentState.ACTIVE, counted=True).order_by()
    keys = ("enrolment__programme_id", "enrolment__organisation_id", "step_id")
    for programme, unit, step, n in done.values_list(*keys).annotate(n=Count("pk")):
        found[programme, unit, Measure.STEP.value, step] = n
    return found


def stored_tallies() -> "Counter[TallyKey]":
    """What the stored differences add up to. One statement."""
    rows = UnitStepTally.objects.values_list("programme_id", "organisation_id", "measure", "step_id")
    return Counter({(p, o, m, s): n for p, o, m, s, n in rows.annotate(n=Sum("people")).order_by() if n})

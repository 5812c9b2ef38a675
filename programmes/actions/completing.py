"""Index what the step apps' facts prove."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from foundation.audit.actions import record
from programmes import queries
from programmes.actions.tallying import held, insert_differences
from programmes.contracts import WENT_ON, Evidence
from programmes.models import Enrolment, EnrolmentState, Measure, Outlook, Step, StepCompletion


def complete_steps(*, evidence: Iterable[Evidence]) -> None:
    """Index finished steps, in the caller's transaction. Idempotent and without a lock; the first moment stays.

    No audit entry of its own: the fact that proves it has one. The figures by unit follow within seconds.
    """
    StepCompletion.objects.bulk_create(
        [
            StepCompletion(enrolment_id=e.enrolment_id, step_id=e.step_id, completed_at=e.completed_at, source=e.source)
            for e in evidence
        ],
        ignore_conflicts=True,
    )


def revoke_step(*, enrolment_id: int, step_id: int) -> None:
    """Take a step out of the index because its app recorded a fact that revokes it. In the caller's transaction."""
    rows = StepCompletion.objects.filter(enrolment_id=enrolment_id, step_id=step_id)
    if not rows.exists():
        return
    enrolment = held(enrolment_ids=[enrolment_id])[enrolment_id]
    was_counted = rows.filter(counted=True).exists()
    rows.delete()
    if enrolment.finished_at:
        Enrolment.objects.filter(pk=enrolment_id).update(finished_at=None)
    if enrolment.state == EnrolmentState.ACTIVE:
        key = (enrolment.programme_id, enrolment.organisation_id)
        differences: Counter[queries.TallyKey] = Counter({(*key, Measure.STEP.value, step_id): -int(was_counted)})
        differences[*key, Measure.FINISHED.value, None] = -int(bool(enrolment.finished_at))
        insert_differences(differences=differences)


COUNT_SLICE = 2000


@transaction.atomic
def count_completions(*, limit: int = COUNT_SLICE) -> int:
    """Take fresh completions into the figures by unit, and note who is through; returns how many there were."""
    fresh = StepCompletion.objects.filter(counted=False).order_by("pk")
    waiting = dict(fresh.values_list("pk", "enrolment_id")[:limit])
    people = held(enrolment_ids=sorted(set(waiting.values())))
    rows = list(StepCompletion.objects.filter(pk__in=waiting, counted=False).order_by("pk"))
    differences: Counter[queries.TallyKey] = Counter()
    for row in rows:
        enrolment = people[row.enrolment_id]
        if enrolment.state == EnrolmentState.ACTIVE:
            differences[enrolment.programme_id, enrolment.organisation_id, Measure.STEP.value, row.step_id] += 1
    StepCompletion.objects.filter(pk__in=[row.pk for row in rows]).update(counted=True)
    _note_finished(people, differences)
    insert_differences(differences=differences)
    for handler in WENT_ON.values() if people else ():
        handler(sorted(people))
    return len(rows)


def _note_finished(people: dict[int, Enrolment], differences: "Counter[queries.TallyKey]") -> None:
    """Who has every step is through since the last of them, and nobody doubts any more whether they make it."""
    steps: dict[int, set[int]] = defaultdict(set)
    programmes = {enrolment.programme_id for enrolment in people.values()}
    for programme_id, step_id in Step.objects.filter(programme_id__in=programmes).values_list("programme_id", "pk"):
        steps[programme_id].add(step_id)
    done: dict[int, dict[int, datetime]] = defaultdict(dict)
    found = StepCompletion.objects.filter(enrolment_id__in=people)
    for enrolment_id, step_id, moment in found.values_list("enrolment_id", "step_id", "completed_at"):
        done[enrolment_id][step_id] = moment
    through = [e for e in people.values() if not e.finished_at and steps[e.programme_id] == done[e.pk].keys()]
    for enrolment in through:
        enrolment.finished_at = max(done[enrolment.pk].values())
        if enrolment.state == EnrolmentState.ACTIVE:
            key = (enrolment.programme_id, enrolment.organisation_id)
            differences[*key, Measure.FINISHED.value, None] += 1
            differences[*key, Measure.DOUBTFUL.value, None] -= int(enrolment.outlook >= Outlook.DOUBTFUL)
        enrolment.outlook = Outlook.ON_TRACK
    Enrolment.objects.bulk_update(through, ["finished_at", "outlook"], batch_size=500)


@dataclass(frozen=True, slots=True)
class Repair:
    """What a rebuild found: `missing` were proven and not in the index, `stale` were in the index and not proven."""

    missing: int
    stale: int


def rebuild_completions(*, check: bool = False, prune: bool = False) -> Repair:
    """Compare the index with what the step apps' facts prove, and mend it a slice at a time.

    `check` changes nothing. Otherwise what is missing is added; what is stale goes only with `prune`. One audit
    entry if anything was changed. The figures by unit are `rebuild_tallies`' business afterwards.
    """
    missing = stale = 0
    for drift in queries.drifts():
        missing, stale = missing + len(drift.missing), stale + len(drift.stale)
        if drift and not check:
            with transaction.atomic():
                if prune:
                    for row in drift.stale:
                        revoke_step(enrolment_id=row.enrolment_id, step_id=row.step_id)
                complete_steps(evidence=drift.missing)
    if (missing or (stale and prune)) and not check:
        record(
            action="programmes.rebuild_completions",
            actor=None,
            target="programmes.StepCompletion:all",
            details={"missing": missing, "stale": stale, "prune": prune},
        )
    return Repair(missing, stale)

"""Keep the outlook of everybody who is not through."""

from collections import Counter
from datetime import date

from django.db import transaction

from foundation.workdays import Calendar
from programmes import queries
from programmes.actions.tallying import held, insert_differences
from programmes.models import Enrolment, EnrolmentState, Measure, Outlook

FORECAST_SLICE = 2000


def forecast(*, today: date, days: Calendar, chunk: int = FORECAST_SLICE) -> int:
    """Look at everybody who is not through, a slice at a time; returns how many stand otherwise than before."""
    after, changed = 0, 0
    while True:
        after, outlooks = queries.changed_outlooks(after, chunk, today, days)
        if not after:
            return changed
        for value, ids in outlooks.items():
            changed += set_outlook(enrolment_ids=ids, value=value)


@transaction.atomic
def set_outlook(*, enrolment_ids: list[int], value: int) -> int:
    """Store how these stand, and take it into the figures by unit; returns how many that were."""
    differences: Counter[queries.TallyKey] = Counter()
    ids = []
    for enrolment in held(enrolment_ids=enrolment_ids).values():
        if enrolment.state != EnrolmentState.ACTIVE or enrolment.finished_at or enrolment.outlook == value:
            continue
        ids.append(enrolment.pk)
        difference = int(value >= Outlook.DOUBTFUL) - int(enrolment.outlook >= Outlook.DOUBTFUL)
        differences[enrolment.programme_id, enrolment.organisation_id, Measure.DOUBTFUL.value, None] += difference
    Enrolment.objects.filter(pk__in=ids).update(outlook=value)
    insert_differences(differences=differences)
    return len(ids)

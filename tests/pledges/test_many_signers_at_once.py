"""Codes and letters under real concurrency: threads with their own connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from pledges.models import CodeCounter, Letter, SigningEvidence
from programmes.models import StepCompletion
from tests.factories import pledges as make

pytestmark = pytest.mark.django_db(transaction=True)
SIGNERS = 6


def at_once(work):
    """Run every callable in a thread of its own, all started together."""
    start = Barrier(len(work))

    def one(call):
        start.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return [future.result() for future in [pool.submit(one, call) for call in work]]


def test_codes_of_one_day_are_unique_and_without_gaps():
    template = make.template()
    enrolments = [make.enrolment(template) for _n in range(SIGNERS)]
    letters = at_once([lambda e=e: make.signed(e) for e in enrolments])
    assert sorted(int(letter.code[14:]) for letter in letters) == list(range(1, SIGNERS + 1))
    assert CodeCounter.objects.get().latest == SIGNERS


def test_six_submits_of_one_signer_sign_once():
    enrolled = make.enrolment()
    letters = at_once([lambda: make.signed(enrolled)] * SIGNERS)
    assert {letter.pk for letter in letters} == {Letter.objects.get().pk}
    assert SigningEvidence.objects.count() == StepCompletion.objects.count() == make.jobs().count() == 1
    assert CodeCounter.objects.get().latest == 1

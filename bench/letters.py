"""How fast letters are signed, sent and proved, run inside `manage.py shell` with the worker running beside it.

Prints rows as one line of JSON.
"""

import json
import time
from datetime import timedelta
from statistics import quantiles
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import User
from bench.server import database_seconds
from foundation.ledger.models import LogPlace
from foundation.ledger.queries import published_size
from organisations.models import Organisation
from pledges import actions, queries, steps
from pledges.contracts import CHINESE
from pledges.models import Letter, LetterTemplate, PledgeStep
from programmes.actions import add_step, create_programme, open_programme
from programmes.models import Enrolment, Stage, Step

SIGNED, PROVED, SENT = 200, 60, 10_000
EVERY, LONGEST, LOOK = 0.5, 120, 0.05
NAME = "某人甲"


def learners(number: int) -> tuple[Step, list[Enrolment]]:
    """An open programme with one letter to sign, and so many people enrolled."""
    ready = LetterTemplate.objects.filter(subject="person", publication="public").order_by("pk")
    template = next(template for template in ready if queries.current_version(template))
    today = timezone.localdate()
    programme = create_programme(
        by=None, slug="bench-letters", title="bench", audience="civil_servant",
        opens_on=today - timedelta(days=1), closes_on=today + timedelta(days=30),
    )  # fmt: skip
    step = add_step(by=None, programme=programme, stage=Stage.PLEDGE, kind="pledge", title="bench")
    actions.set_step_letter(by=None, step=step, template=template)
    open_programme(by=None, programme=programme)
    unit = Organisation.objects.filter(kind="department").order_by("pk")[0]
    people = User.objects.bulk_create(User(username=f"signer{n}", name=NAME, password="!") for n in range(number))
    now = timezone.now()
    return step, Enrolment.objects.bulk_create(
        Enrolment(programme=programme, user=user, organisation=unit, enrolled_at=now) for user in people
    )


def sign(step: Step, enrolment: Enrolment) -> Letter:
    """One public signature."""
    opened = steps.enter(user=enrolment.user, step_public_id=step.public_id)
    began = timezone.now() - timedelta(minutes=3)
    reading = actions.Reading(opened_at=began, confirmed=True, typed_name=NAME)
    version = queries.current_version(PledgeStep.objects.get(step=step).template)
    assert version is not None  # it was chosen by that
    values = dict.fromkeys(version.wording(CHINESE).blanks, "科室")
    words = actions.Words(values=values, promise="每月核对一次台账")
    return actions.sign_letter(opened=opened, visibility="named", reading=reading, words=words)


def signing(step: Step, enrolments: list[Enrolment]) -> dict[str, Any]:
    """Letters one after the other."""
    clock, cpu, database = time.perf_counter(), time.process_time(), database_seconds()
    for enrolment in enrolments:
        sign(step, enrolment)
    spent, n = time.perf_counter() - clock, len(enrolments)
    cpu_ms = (time.process_time() - cpu) * 1000 / n
    database_ms = (database_seconds() - database) * 1000 / n
    row = {"name": "letter-sign", "rps": round(n / spent, 1), "cpu_ms": round(cpu_ms, 2)}
    return {**row, "db_cpu_ms": round(database_ms, 2)}


def proving(step: Step, enrolments: list[Enrolment]) -> dict[str, Any]:
    """Seconds from each signature until its proof can be had, two signatures a second."""
    waiting: dict[int, float] = {}
    took: list[float] = []
    left, began = list(enrolments), time.perf_counter()
    while (left or waiting) and time.perf_counter() - began < LONGEST:
        if left and time.perf_counter() - began > (len(enrolments) - len(left)) * EVERY:
            waiting[sign(step, left.pop()).public_record.entry_id] = time.perf_counter()
        places = LogPlace.objects.filter(entry_id__in=waiting, place__lt=published_size())
        for entry_id in places.values_list("entry_id", flat=True):
            took.append(time.perf_counter() - waiting.pop(entry_id))
        time.sleep(LOOK)
    cuts = quantiles(took, n=100)
    return {"name": "letter-proof", "p50_s": round(cuts[49], 2), "p99_s": round(cuts[98], 2), "unproved": len(waiting)}


def sending() -> dict[str, Any]:
    """Ten thousand letters in one call of a department's system."""
    unit = next(u for u in Organisation.objects.filter(kind="department") if queries.district_of(u))
    _key, text = actions.create_api_key(by=None, organisation=unit, name="bench")
    row = {
        "subject_name": "江南示例制造有限公司", "subject_category": "legal", "subject_id_code": "91350100M000100Y43",
        "pledge_type": "approval", "reason": "申报专项资金", "content": "材料真实。\n专款专用。",
        "breach_liability": "依规处理。", "publication_type": "public", "made_on": str(timezone.localdate()),
    }  # fmt: skip
    lines = b"\n".join(json.dumps({"source_code": str(n), **row}).encode() for n in range(SENT))
    clock, cpu, database = time.perf_counter(), time.process_time(), database_seconds()
    answer = Client().post(
        "/api/v1/letters", lines, content_type="application/x-ndjson",
        headers={"authorization": f"Bearer {text}", "host": "localhost"},
    )  # fmt: skip
    stored = sum(json.loads(line)["status"] == 201 for line in b"".join(answer.streaming_content).splitlines())
    spent = time.perf_counter() - clock
    cpu_ms = (time.process_time() - cpu) * 1000 / SENT
    database_ms = (database_seconds() - database) * 1000 / SENT
    row = {"name": "letter-api-bulk", "rps": round(stored / spent, 1), "cpu_ms": round(cpu_ms, 2)}
    return {**row, "db_cpu_ms": round(database_ms, 2), "stored": stored, "seconds": round(spent, 1)}


def main() -> None:
    """Print the rows."""
    step, enrolments = learners(SIGNED + PROVED)
    rows = [proving(step, enrolments[:PROVED]), signing(step, enrolments[PROVED:]), sending()]
    print(json.dumps(rows))

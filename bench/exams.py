"""Seeds a large bank and learners who sit an exam of fifty questions, and prints the orders as one line of JSON.

Runs inside `manage.py shell`, as `bench.targets` does. Starting and handing in can be done once by each learner, so
these orders hold a request for every one of many: `each`.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bench.client import SEQUENCE
from bench.items import seed_items
from bench.rows import make_table
from bench.targets import SECRET, get
from exams import actions, queries, steps
from exams.grading import model_answer
from exams.models import Attempt, Bank, ItemVersion, Paper, Session
from foundation.audit.actions import seal
from organisations.models import Organisation
from programmes.actions import add_step, create_programme, open_programme
from programmes.models import Enrolment, Stage, Step

QUESTIONS = (("single", 25, "2"), ("multiple", 10, "2"), ("true_false", 15, "2"))
SMALL = 1000
DRAWS = 200
FINISHED = 200
TICKS = os.sysconf("SC_CLK_TCK")


def signed_in(user: User) -> dict[str, str]:
    """Headers of a browser where `user` is signed in, as `bench.targets.signed_in` but without a whole sign-in."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"Cookie": f"sessionid={session.session_key}; csrftoken={SECRET}", "X-CSRFToken": SECRET}


def post(name: str, path: str, user: User, status: int) -> dict[str, Any]:
    """One request that can be made once."""
    headers = {**signed_in(user), "Content-Type": "application/x-www-form-urlencoded"}
    return {"name": name, "method": "POST", "path": path, "headers": headers, "status": status}


def paper(bank: str) -> Paper:
    """Fifty questions from one bank: an exam that is published and asks for no more than types."""
    the_bank = Bank.objects.get(name=bank)
    made = actions.create_paper(
        by=None,
        slug=bank,
        title=f"{bank}: 50",
        mode="exam",
        minutes=90,
        pass_mark=60,
        attempts_allowed=3,
        prepare=0,
        sections=[{"bank": the_bank, "type": kind, "count": n, "points": Decimal(p)} for kind, n, p in QUESTIONS],
    )
    return actions.publish_paper(by=None, paper=made)


def learners(number: int, the_paper: Paper) -> tuple[Step, list[Enrolment]]:
    """An open programme with this exam, and so many people enrolled."""
    today = timezone.localdate()
    programme = create_programme(
        by=None,
        slug="bench",
        title="bench",
        audience="civil_servant",
        opens_on=today - timedelta(days=1),
        closes_on=today + timedelta(days=30),
    )
    step = add_step(by=None, programme=programme, stage=Stage.TEST, kind="exam", title="bench")
    actions.set_paper_step(by=None, step=step, paper=the_paper)
    open_programme(by=None, programme=programme)
    unit = Organisation.objects.order_by("pk")[0]
    people = User.objects.bulk_create(User(username=f"bench{n}", name="某人", password="!") for n in range(number))
    now = timezone.now()
    return step, Enrolment.objects.bulk_create(
        Enrolment(programme=programme, user=user, organisation=unit, enrolled_at=now) for user in people
    )


def begun(step: Step, enrolments: Sequence[Enrolment]) -> Iterator[tuple[User, Attempt]]:
    """Attempts with fifty answers, saved one after another in batches as they would come."""
    for enrolment in enrolments:
        entry = steps.enter(user=enrolment.user, step_public_id=step.public_id)
        attempt = actions.start_attempt(entry=entry)
        versions = ItemVersion.objects.select_related("item", "key").in_bulk([v for v, _p in attempt.drawn])
        answers = [
            actions.Answer(n, n, model_answer(versions[v]) if n % 4 else None)
            for n, (v, _p) in enumerate(attempt.drawn, 1)
        ]
        actions.save_responses(by=enrolment.user, attempt_id=attempt.public_id, epoch=1, answers=answers)
        yield enrolment.user, attempt


def stored_bytes() -> int:
    """What all tables and indexes of this database take, without what a vacuum gives back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM FULL")
            cursor.execute("SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables")
            return int(cursor.fetchone()[0])
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute("PRAGMA freelist_count")
        free = cursor.fetchone()[0]
        cursor.execute("PRAGMA page_size")
        return int((pages - free) * cursor.fetchone()[0])


def finished(step: Step, enrolments: Sequence[Enrolment], the_paper: Paper) -> tuple[int, list[tuple[User, Attempt]]]:
    """What one attempt takes, and the attempts: the growth of all tables and indexes for each that was begun, answered
    fifty times and handed in, its prepared paper, its entries in the audit log and their seals included."""
    seal(limit=100_000)
    before = stored_bytes()
    stock(the_paper, len(enrolments))
    done = list(begun(step, enrolments))
    for user, attempt in done:
        actions.submit_attempt(by=user, attempt_id=attempt.public_id)
    seal(limit=100_000)
    return (stored_bytes() - before) // len(enrolments), done


def stock(the_paper: Paper, count: int) -> None:
    """So many papers drawn beforehand."""
    while (missing := count - queries.stock_of(the_paper)) > 0:
        actions.prepare_papers(paper=the_paper, count=missing)


def backend_cpu() -> float:
    """CPU seconds of the PostgreSQL process behind our connection, 0 on SQLite."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def assembly(papers: dict[str, Paper]) -> list[dict[str, Any]]:
    """What drawing one paper costs, Python and PostgreSQL together, in turns from the small and from the large bank."""
    spent = dict.fromkeys(papers, 0.0)
    counts = dict.fromkeys(papers, 0)
    took = dict.fromkeys(papers, 0.0)
    for number in range(10 * (DRAWS // 10 + 1)):
        for name, the_paper in papers.items():
            seeds = [f"{number * 100 + n:032x}" for n in range(10)]
            queries.draw_one(the_paper, seeds[0])
            cpu, clock = time.process_time() + backend_cpu(), time.monotonic()
            for seed in seeds:
                queries.draw_one(the_paper, seed)
            spent[name] += time.process_time() + backend_cpu() - cpu
            took[name] += time.monotonic() - clock
            counts[name] += len(seeds)
    rows = []
    for name, the_paper in papers.items():
        with CaptureQueriesContext(connection) as captured:
            queries.draw_one(the_paper, "0" * 32)
        milliseconds = spent[name] * 1000 / counts[name]
        first = rows[0]["cpu_ms"] if rows else milliseconds
        rows.append(
            {
                "name": name,
                "sql": len(captured),
                "cpu_ms": round(milliseconds, 3),
                "rps": round(counts[name] / took[name], 1),
                "ratio_to_1k": round(milliseconds / first, 3),
            }
        )
    return rows


def orders(step: Step, enrolments: Sequence[Enrolment], the_paper: Paper, count: int) -> list[dict[str, Any]]:
    """What is asked of the server while people sit the exam, `count` times each where it can be done only once."""
    start = reverse("exams:start", args=[step.public_id])
    starts = [post("exam-start-50", start, e.user, 302) for e in enrolments[:count]]
    rows = list(begun(step, enrolments[count : 2 * count]))
    submits = [post("exam-submit-50", reverse("exams:submit", args=[a.public_id]), user, 302) for user, a in rows]
    ((user, attempt),) = begun(step, enrolments[2 * count : 2 * count + 1])
    headers = signed_in(user)
    page = get("exam-page-50", reverse("exams:attempt", args=[attempt.public_id]), headers)
    answer = {"seq": 0, "position": 1, "value": "A"}
    body = {"epoch": attempt.epoch, "token": queries.pen_token(attempt.public_id, attempt.epoch), "answers": [answer]}
    save = {
        "name": "answer-save",
        "method": "POST",
        "path": reverse("exams:answers", args=[attempt.public_id]),
        "headers": {**headers, "Content-Type": "application/json"},
        "body": json.dumps(body).replace('"seq": 0', f'"seq": {SEQUENCE}'),
        "status": 200,
    }
    stock(the_paper, count)
    return [once(starts), page, save, once(submits)]


def once(requests: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One order of requests that belong to one learner each."""
    return {**requests[0], "each": [[request["path"], request["headers"]] for request in requests]}


def invigilation(the_paper: Paper, unit: Organisation) -> dict[str, Any]:
    """The invigilator's live page of everybody who sits the paper."""
    now = timezone.now()
    window = {"opens_at": now - timedelta(hours=1), "closes_at": now + timedelta(hours=12)}
    session = Session.objects.create(paper=the_paper, name="bench", **window)
    session.units.set([unit])
    path = reverse("exams:invigilator", args=[session.public_id])
    return get("invigilator", path, signed_in(User.objects.filter(is_superuser=True)[0]))


def main(items: int = 100_000, count: int = 400) -> None:
    """Seed, measure what needs no server, and print the rest as orders."""
    make_table()
    seed_items(SMALL, bank="paper-assembly-1k")
    seed_items(items, bank="paper-assembly-100k")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    papers = {name: paper(name) for name in ("paper-assembly-1k", "paper-assembly-100k")}
    large = papers["paper-assembly-100k"]
    step, enrolments = learners(2 * count + FINISHED + 1, large)
    stored, done = finished(step, enrolments[-FINISHED:], large)
    results = [
        get("exam-result", reverse("exams:result", args=[attempt.public_id]), signed_in(user)) for user, attempt in done
    ]
    told = {"assembly": assembly(papers), "bytes": stored}
    live = invigilation(large, enrolments[0].organisation)
    told["orders"] = [*orders(step, enrolments, large, count), once(results), live]
    print(json.dumps(told))

"""Tell the public log of papers and scores: by jobs, so that neither publishing nor handing in waits for it."""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from exams.models import AnchorCause, PaperAnchor, ScoringRun
from exams.queries.anchors import (
    MOST_SCORES,
    PaperFacts,
    ScoreFacts,
    newest_anchor,
    steps_between,
)
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue
from foundation.ledger.actions import append
from foundation.ledger.models import Kind, Op
from tlog import leaf
from tlog.merkle import root

PAPERS_JOB, SCORES_JOB = "exams.anchor_papers", "exams.anchor_scores"


@transaction.atomic
def anchor_papers(*, facts: list[PaperFacts], cause: str = AnchorCause.ITEMS, at: datetime | None = None) -> int:
    """Commit to papers; returns how many. The first entry of a paper always says that it was published."""
    now = at or timezone.now()
    for row in facts:
        before = newest_anchor(row.paper)
        number = before.number + 1 if before else 1
        why = AnchorCause(cause) if before else AnchorCause.PUBLISHED
        body = {**row.body, "cause": why.value, "number": number, "at": int(now.timestamp())}
        first = PaperAnchor.objects.filter(paper=row.paper, number=1).select_related("entry").first()
        salt = leaf.new_salt()
        entry = append(
            event_key=f"paper:{row.paper.pk}:{number}",
            kind=Kind.PAPER,
            op=Op.AMEND if first else Op.ADD,
            commitment=leaf.commitment(body, salt),
            acts_on=first.entry if first else None,
            at=now,
        )
        anchor = PaperAnchor.objects.create(
            paper=row.paper,
            number=number,
            cause=why,
            versions=steps_between(row.versions),
            record=leaf.canonical(body).decode(),
            salt=salt,
            entry=entry,
            made_at=now,
        )
        record(action="exams.anchor_papers", actor=None, target=f"exams.PaperAnchor:{anchor.pk}")
    return len(facts)


@transaction.atomic
def anchor_scores(*, facts: ScoreFacts | None, at: datetime | None = None) -> ScoringRun | None:
    """Commit to the scores of one run, and go on in a job of its own if there were as many as fit."""
    if facts is None:
        return None
    now = at or timezone.now()
    last = ScoringRun.objects.order_by("-number").values_list("number", flat=True).first() or 0
    body = {
        "type": "xinxing-scoring/v1",
        "number": last + 1,
        "scores": len(facts.scores),
        "root": leaf.b64url(root(facts.leaves)),
        "at": int(now.timestamp()),
    }
    salt = leaf.new_salt()
    entry = append(
        event_key=f"scoring:{last + 1}",
        kind=Kind.SCORING,
        op=Op.ADD,
        commitment=leaf.commitment(body, salt),
        at=now,
    )
    run = ScoringRun.objects.create(
        number=last + 1,
        scores=steps_between(facts.scores),
        leaves=b"".join(facts.leaves),
        last_score=facts.scores[-1],
        record=leaf.canonical(body).decode(),
        salt=salt,
        entry=entry,
        made_at=now,
    )
    details = {"scores": len(facts.scores)}
    record(action="exams.anchor_scores", actor=None, target=f"exams.ScoringRun:{run.pk}", details=details)
    if len(facts.scores) == MOST_SCORES:
        enqueue(kind=SCORES_JOB, payload={"after": run.number})
    return run


@transaction.atomic
def note_check(*, by: AbstractBaseUser | None, what: str, problems: int) -> None:
    """Write down that somebody compared papers or scores with the log, and how much did not hold."""
    details = {"problems": problems}
    record(action="exams.note_check", actor=by, target=f"exams.{what}", details=details, succeeded=not problems)

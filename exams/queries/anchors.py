"""What the public log is told of papers and scores, made from the facts; and whether the facts still say the same."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from django.forms import model_to_dict

from exams.models import ItemVersion, KeyCorrection, Paper, PaperAnchor, PaperMode, PaperState, Score, ScoringRun
from exams.queries.forgetting import forgotten_scores
from exams.queries.invigilation import sitting_rules
from exams.queries.papers import askable
from exams.queries.sittings import answers_of_all
from foundation.ledger.models import LogPlace
from foundation.ledger.queries import NotYet, proof_of
from tlog import leaf
from tlog.errors import TlogError
from tlog.merkle import inclusion_path, leaf_hash, root

CHUNK = 2000
MOST_SCORES = 5000
SETTLED = timedelta(seconds=5)
STRAGGLERS = 10_000  # scores whose transaction ended after that of so many later ones are found by the audit only
MARKING = ("mode", "pass_mark", "partial_credit", "part_rule", "counting", "attempts_allowed", "minutes", "shuffle")


def _json(value: Any) -> bytes:
    """The same bytes for the same value, whatever it is."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def digest(value: Any) -> str:
    """SHA-256 of the value's canonical JSON."""
    return hashlib.sha256(_json(value)).hexdigest()


def steps_between(numbers: Sequence[int]) -> list[int]:
    """Each less the one before it: small numbers, which deflate to almost nothing."""
    return [b - a for a, b in zip([0, *numbers], numbers, strict=False)]


def numbers_of(steps: Iterable[int]) -> list[int]:
    """The other way round."""
    return list(accumulate(steps))


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """A paper as it would be committed to now."""

    paper: Paper
    versions: list[int]
    body: dict[str, Any]


def item_leaf(pk: int, kind: str, stem: str, content: Any, answer: Any, correction: Sequence[Any]) -> bytes:
    """What stands under the root for one version: hashes of its wording and of its key, corrections included."""
    wording, key = digest([kind, stem, content]), digest([answer, *correction])
    return leaf_hash(_json({"key": key, "version": pk, "wording": wording}))


def items_root(versions: Sequence[int], corrections: Sequence[int]) -> bytes:
    """The root over the versions in order, with just these corrections of keys. A few statements per 2,000."""
    newest = {
        version: [effect, answer]
        for version, effect, answer in KeyCorrection.objects.filter(pk__in=corrections)
        .order_by("pk")
        .values_list("version_id", "effect", "answer")
    }
    hashes: list[bytes] = []
    for start in range(0, len(versions), CHUNK):
        part = versions[start : start + CHUNK]
        rows = ItemVersion.objects.filter(pk__in=part).order_by("pk")
        for row in rows.values_list("pk", "item__type", "stem", "content", "key__answer"):
            hashes.append(item_leaf(*row, newest.get(row[0], ())))
    return root(hashes)


def newest_anchor(paper: Paper) -> PaperAnchor | None:
    """The last entry of a paper. One statement."""
    found: PaperAnchor | None = PaperAnchor.objects.filter(paper=paper).order_by("-number").first()
    return found


def paper_facts(paper: Paper) -> PaperFacts | None:
    """What is to be committed to, None if the newest entry says it already.

    What a paper could ask once stays under its root, so that the keys of those who sat it early stay covered.
    """
    before = newest_anchor(paper)
    known = numbers_of(before.versions) if before else []
    versions = sorted({*askable(paper), *known})
    corrections = sorted(_corrections(versions))
    body: dict[str, Any] = {
        "type": "xinxing-paper/v1",
        "paper": paper.slug,
        "plan": digest(paper.plan),
        "marking": digest({name: getattr(paper, name) for name in MARKING}),
        "sitting": _sitting(paper),
        "items": len(versions),
        "corrections": corrections,
    }
    if before and versions == known and body.items() <= json.loads(before.record).items():
        return None
    return PaperFacts(paper, versions, {**body, "root": leaf.b64url(items_root(versions, corrections))})


def _sitting(paper: Paper) -> str:
    rules = sitting_rules(paper)
    return digest(model_to_dict(rules, exclude=["id", "paper"]))


def _corrections(versions: Sequence[int]) -> list[int]:
    wanted = set(versions)
    return [pk for pk, version in KeyCorrection.objects.values_list("pk", "version_id") if version in wanted]


def papers_to_anchor(*, paper: int | None = None, version: int | None = None) -> list[Paper]:
    """Published exams: one, or those that may ask a version, or all that are in use."""
    published = Paper.objects.filter(state=PaperState.PUBLISHED, mode=PaperMode.EXAM).order_by("pk")
    if paper is not None:
        return list(published.filter(pk=paper))
    if version is not None:
        return [p for p in published if (a := newest_anchor(p)) and version in set(numbers_of(a.versions))]
    return list(published.filter(steps__step__programme__state__in=["draft", "open"]).distinct())


def facts_of_papers(*, paper: int | None = None, version: int | None = None) -> list[PaperFacts]:
    """What the log does not know yet of the papers that are meant (see `papers_to_anchor`)."""
    return [facts for facts in map(paper_facts, papers_to_anchor(paper=paper, version=version)) if facts]


@dataclass(frozen=True, slots=True)
class ScoreFacts:
    """Scores as they would be committed to now: primary keys and the hash of each leaf, in the same order."""

    scores: list[int]
    leaves: list[bytes]


def score_leaf(score: Score, answers: Any) -> bytes:
    """What stands under the root for one score. `score.attempt.paper` should be loaded."""
    return _json(
        {
            "attempt": score.attempt.public_id,
            "paper": score.attempt.paper.slug,
            "run": score.run,
            "answers": digest(answers),
            "inputs": score.inputs,
            "marks": digest(score.marks),
            "points": f"{score.points:.2f}",
            "of": f"{score.max_points:.2f}",
            "passed": score.passed,
        }
    )


def hashes_of(scores: Sequence[int]) -> dict[int, tuple[str, bytes]]:
    """`{score: (attempt's public id, leaf)}` as the facts say now. Two statements per 2,000."""
    found: dict[int, tuple[str, bytes]] = {}
    for start in range(0, len(scores), CHUNK):
        rows = list(Score.objects.filter(pk__in=scores[start : start + CHUNK]).select_related("attempt__paper"))
        answers = answers_of_all([row.attempt_id for row in rows])
        for row in rows:
            found[row.pk] = (row.attempt.public_id, score_leaf(row, answers.get(row.attempt_id, {})))
    return found


def facts_of_scores(*, at: datetime, limit: int = MOST_SCORES) -> ScoreFacts | None:
    """The next scores that no run has, None without any. They need not come in the order of their keys."""
    before = at - SETTLED
    newest = ScoringRun.objects.order_by("-last_score").values_list("last_score", flat=True).first() or 0
    floor = max(0, newest - STRAGGLERS)
    known = {pk for steps in _runs(floor) for pk in numbers_of(steps)}
    rows = Score.objects.filter(pk__gt=floor, marked_at__lt=before).order_by("pk").values_list("pk", flat=True)
    scores = [pk for pk in rows[: limit + len(known)] if pk not in known][:limit]
    if not scores:
        return None
    found = hashes_of(scores)
    return ScoreFacts(scores, [leaf_hash(found[pk][1]) for pk in scores])


def _runs(floor: int) -> Iterable[Any]:
    return ScoringRun.objects.filter(last_score__gt=floor).values_list("scores", flat=True)


Problem = tuple[str, str]  # a word, and what it is about


def check_paper(anchor: PaperAnchor) -> list[Problem]:
    """What does not hold of one entry of a paper; empty if all does. `anchor.entry` and `.paper` should be loaded."""
    body = json.loads(anchor.record)
    versions = numbers_of(anchor.versions)
    problems = _entry_problems(anchor)
    if len(versions) != body["items"] or leaf.b64url(items_root(versions, body["corrections"])) != body["root"]:
        problems.append(("items", anchor.paper.slug))
    is_newest = not PaperAnchor.objects.filter(paper=anchor.paper, number__gt=anchor.number).exists()
    if is_newest and anchor.paper.state == PaperState.PUBLISHED:
        now = {"plan": digest(anchor.paper.plan), "sitting": _sitting(anchor.paper)}
        now["marking"] = digest({name: getattr(anchor.paper, name) for name in MARKING})
        problems += [(name, anchor.paper.slug) for name, value in now.items() if body[name] != value]
    return problems


def check_run(run: ScoringRun) -> list[Problem]:
    """What does not hold of one run; empty if all does. Names each attempt whose answers or score differ. Of answers
    that were kept as long as they must only the hash is left: nothing can be compared with it."""
    body, scores = json.loads(run.record), numbers_of(run.scores)
    stored = bytes(run.leaves)
    hashes = [stored[n : n + 32] for n in range(0, len(stored), 32)]
    problems = _entry_problems(run)
    if len(hashes) != len(scores) or leaf.b64url(root(hashes)) != body["root"] or body["scores"] != len(scores):
        problems.append(("root", str(run.number)))
    found, forgotten = hashes_of(scores), set(forgotten_scores(scores))
    for pk, expected in zip(scores, hashes, strict=False):
        if pk in forgotten:
            continue
        if pk not in found:
            problems.append(("missing", str(pk)))
        elif leaf_hash(found[pk][1]) != expected:
            problems.append(("score", found[pk][0]))
    return problems


def _entry_problems(row: PaperAnchor | ScoringRun) -> list[Problem]:
    """The entry commits to the record, and the published log has the entry; waiting for its place is no problem."""
    key = row.entry.event_key
    try:
        if leaf.commitment(leaf.load(row.record), bytes(row.salt)) != row.entry.commitment:
            return [("record", key)]
        place = LogPlace.objects.filter(entry=row.entry).first()
        if place is not None:
            leaf.parse(bytes(place.leaf)).check(leaf.load(row.record), bytes(row.salt))
            proof_of(event_key=key, salt=bytes(row.salt))
    except NotYet:
        pass
    except TlogError:
        return [("log", key)]
    return []


def unanchored(*, before: datetime) -> int:
    """How many scores from before that moment no run has."""
    known = sum(len(steps) for steps in _runs(0))
    return max(0, Score.objects.filter(marked_at__lt=before).count() - known)


def opening(*, attempt: str) -> list[dict[str, Any]]:
    """All that somebody needs to check the scores of one attempt against the log, one object for each score."""
    opened = []
    for pk in Score.objects.filter(attempt__public_id=attempt).order_by("run").values_list("pk", flat=True):
        for run in ScoringRun.objects.filter(last_score__gte=pk).select_related("entry").order_by("last_score"):
            scores = numbers_of(run.scores)
            if pk in set(scores):
                opened.append(_opened(run, scores.index(pk), hashes_of([pk])[pk][1]))
                break
    return opened


def _opened(run: ScoringRun, index: int, own: bytes) -> dict[str, Any]:
    stored = bytes(run.leaves)
    hashes = [stored[n : n + 32] for n in range(0, len(stored), 32)]
    path = inclusion_path(index, len(hashes), lambda low, high: root(hashes[low:high]))
    place = LogPlace.objects.filter(entry=run.entry).values_list("place", flat=True).first()
    return {
        "leaf": json.loads(own),
        "index": index,
        "path": [leaf.b64url(part) for part in path],
        "record": json.loads(run.record),
        "salt": leaf.b64url(bytes(run.salt)),
        "commitment": run.entry.commitment,
        "place": place,
    }

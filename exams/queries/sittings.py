"""What a learner sees while sitting: questions without keys, own answers, the clock."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.db.models import Max, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from exams.grading import recent_right
from exams.importers.marks import unplaced
from exams.models import Attempt, AttemptState, DrillAnswer, ItemType, ItemVersion, Paper, Response, asks
from exams.queries.compiled import CompiledRead
from exams.queries.papers import drill_pool
from exams.sampling import next_in_drill, rank, shuffled

# Attempts whose enrolment still counts in a programme that is open: the gate, folded into the same statement.
LIVE = {"enrolment__state": "active", "enrolment__programme__state": "open"}


class AttemptUnknown(LookupError):
    """No such attempt, or somebody else's: told alike."""


def grace() -> timedelta:
    """How long after the deadline answers on their way still count."""
    return timedelta(seconds=settings.EXAM_GRACE_SECONDS)


def own_attempt(*, user: AbstractBaseUser, public_id: str) -> Attempt:
    """The attempt of `user`, with paper, step and programme, and `now` from the database. One statement.

    Raises AttemptUnknown.
    """
    attempt = (
        Attempt.objects.filter(public_id=public_id, enrolment__user_id=user.pk)
        .select_related("paper__sitting_rules", "step", "enrolment__programme", "enrolment__organisation")
        .annotate(now=Now())
        .first()
    )
    if attempt is None:
        raise AttemptUnknown(public_id)
    return attempt


def lock_live_attempt(*, user: AbstractBaseUser, public_id: str, with_rules: bool = False) -> Attempt:
    """As `own_attempt`, for writing: locked, and only while enrolment and programme are live. One statement.

    `with_rules` brings the paper's rules of sitting as well.

    Raises AttemptUnknown.
    """
    attempt = _live(connection.vendor, with_rules).first({PUBLIC_ID: public_id, USER: user.pk})
    if attempt is None:
        raise AttemptUnknown(public_id)
    return attempt


PUBLIC_ID, USER = "?", -1  # stand in the compiled statement where the real ones go


@cache
def _live(vendor: str, with_rules: bool) -> CompiledRead[Attempt]:
    rows = (
        Attempt.objects.select_for_update(of=("self",), no_key=True)
        .filter(public_id=PUBLIC_ID, enrolment__user_id=USER, **LIVE)
        .select_related("paper__sitting_rules" if with_rules else "paper")
        .annotate(now=Now())
    )
    return CompiledRead(rows.defer("paper__plan") if with_rules else rows)  # only drills look at what may be drawn


def attempts_at(*, enrolment_id: int, paper: Paper) -> QuerySet[Attempt]:
    """All attempts of one enrolment at one paper, newest first."""
    return Attempt.objects.filter(enrolment_id=enrolment_id, paper=paper).order_by("-number")


def asking(version_id: int) -> QuerySet[Attempt]:
    """Attempts that were asked this wording. Reads all of them: never for a page of a learner."""
    return Attempt.objects.filter(drawn__contains=asks(version_id))


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose, to order or to match, with what the learner put for it."""

    id: str
    text: str
    letter: str
    chosen: bool = False
    given: str = ""


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture of a question. `token` is the proof that the server showed it in the attempt `owner`.

    `door` names the address that hands it out; without an owner it is the one under /admin/.
    """

    number: int
    public_id: str
    alt: str
    width: int
    height: int
    owner: str
    token: str
    is_placed: bool
    door: str = "exams:picture"


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question as the learner may see it. There is no field for a key, a reason or a difficulty.

    A case has `parts`, which are questions themselves, known by their `id`; its answer is a dict by these ids.
    """

    position: int
    type: str
    type_label: str
    stem: str
    points: Decimal | None
    options: list[Option]
    right: list[Option]
    blanks: list[str]
    value: Any
    pictures: list[PictureView] = field(default_factory=list)
    parts: list["QuestionView"] = field(default_factory=list)
    id: str = ""
    number: int = 0
    most: int | None = None

    @property
    def answered(self) -> bool:
        """True if there is anything to mark; of a case, in every part."""
        return all(part.answered for part in self.parts) if self.parts else is_answer(self.value)

    @property
    def name(self) -> str:
        """The name of its form fields."""
        return f"a{self.position}_{self.id}" if self.id else f"a{self.position}"

    @property
    def after(self) -> list[PictureView]:
        """The pictures that no text places."""
        return [picture for picture in self.pictures if not picture.is_placed]


def is_answer(value: Any) -> bool:
    """False for nothing, an empty text, an empty choice or blanks that are all empty."""
    if isinstance(value, (list, dict)):
        return any(is_answer(part) for part in (value.values() if isinstance(value, dict) else value))
    return value is not None and value != ""


def answers_of(attempt: Attempt) -> dict[int, Any]:
    """The answers that count: per position the newest (epoch, seq) that was not late. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTING, [attempt.pk])
        newest = dict(cursor.fetchall())
    return dict(zip(newest, json.loads(f"[{','.join(newest.values())}]"), strict=True))


COUNTING = "SELECT position, value FROM exams_response WHERE attempt_id = %s AND NOT late ORDER BY epoch, seq"


def answers_of_all(attempt_ids: Sequence[int]) -> dict[int, dict[int, Any]]:
    """`answers_of` for many: {attempt id: answers}. One statement."""
    found: dict[int, dict[int, Any]] = {}
    rows = Response.objects.filter(attempt_id__in=attempt_ids, late=False).order_by("attempt_id", "epoch", "seq")
    for attempt, position, text in rows.values_list("attempt_id", "position", "value"):
        found.setdefault(attempt, {})[position] = json.loads(text)
    return found


def last_saved(attempt: Attempt) -> datetime | None:
    """When the newest answer that counts arrived. One statement."""
    newest: datetime | None = Response.objects.filter(attempt=attempt, late=False).aggregate(at=Max("received_at"))[
        "at"
    ]
    return newest


def pen_token(public_id: str, epoch: int) -> str:
    """What a page shows to prove that the server gave it the pen of this epoch."""
    return salted_hmac("exams.pen", f"{public_id}:{epoch}", algorithm="sha256").hexdigest()[:32]


def holds_pen(public_id: str, epoch: int, token: str) -> bool:
    """True if `token` is the one that the server gave for this epoch."""
    return constant_time_compare(token, pen_token(public_id, epoch))


def remaining_seconds(attempt: Attempt) -> int:
    """Seconds to the deadline by the database's clock (`own_attempt` brought `now`); 0 without or past a deadline."""
    now: datetime = attempt.now  # type: ignore[attr-defined]
    return max(0, int((attempt.deadline - now).total_seconds())) if attempt.deadline else 0


def questions_of(
    attempt: Attempt, values: Mapping[int, Any] | None = None, *, owner: str | None = None
) -> list[QuestionView]:
    """The paper of an attempt as it is shown, with `values` (the stored answers if left out). One or two statements.

    `owner` is for the addresses of pictures: the attempt if left out, empty for the ones under /admin/.
    """
    values = answers_of(attempt) if values is None else values
    owner = attempt.public_id if owner is None else owner
    ids = [version_id for version_id, _points in attempt.drawn]
    versions = ItemVersion.objects.select_related("item").in_bulk(ids)
    return [
        question_view(versions[version_id], attempt.seed, position, points, values.get(position), owner)
        for position, (version_id, points) in enumerate(attempt.drawn, 1)
    ]


def question_view(
    version: ItemVersion, seed: str, position: int, points: str | None, value: Any, owner: str = ""
) -> QuestionView:
    """One question in the order that the attempt's seed gives its options.

    `owner` is the attempt's public id, for the addresses of pictures; without one they are those of the preview.
    """
    content = version.content
    worth = Decimal(points) if points else None
    pictures = pictures_of(version, owner)
    whole = _view(version.item.type, content, seed, position, value)
    return replace(
        whole,
        stem=version.stem,
        points=worth,
        pictures=pictures,
        parts=_parts(content, seed, position, value, pictures),
    )


def _view(kind: str, content: Mapping[str, Any], seed: str, position: int, value: Any) -> QuestionView:
    """What is answered: options in their order, blanks, sides, with what was put there."""
    texts = {o["id"]: o["text"] for side in ("options", "left", "right") for o in content.get(side, [])}
    order = [o["id"] for o in content.get("options", [])]
    if kind != ItemType.SURVEY:
        order = shuffled(seed, order)
    given = value if isinstance(value, dict) else {}
    if kind == ItemType.ORDERING and isinstance(value, list):
        given = {option: str(n) for n, option in enumerate(value, 1)}
    left = [o["id"] for o in content.get("left", [])]
    right = shuffled(seed, [o["id"] for o in content.get("right", [])])
    texts_given = value if isinstance(value, list) and kind == ItemType.BLANK else []
    return QuestionView(
        position=position,
        type=kind,
        type_label=str(ItemType(kind).label),
        stem="",
        points=None,
        options=_options(left or order, texts, value, given),
        right=_options(right, texts, None, {}),
        blanks=[texts_given[n] if n < len(texts_given) else "" for n in range(content.get("blanks", 0))],
        value=value,
        most=content.get("max_words"),
    )


def _parts(
    content: Mapping[str, Any], seed: str, position: int, value: Any, pictures: list[PictureView]
) -> list[QuestionView]:
    """The questions of a case, in their own order: one may build on another."""
    given = value if isinstance(value, dict) else {}
    views = []
    for number, part in enumerate(content.get("parts", []), 1):
        view = _view(part["type"], part["content"], seed, position, given.get(part["id"]))
        views.append(replace(view, id=part["id"], number=number, stem=part["stem"], pictures=pictures))
    return views


def pictures_of(version: ItemVersion, owner: str = "") -> list[PictureView]:
    """The pictures of a wording, to be fetched in the attempt `owner`, or under /admin/ without one."""
    rows = version.content.get("pictures", [])
    loose = unplaced(version.stem, version.content) if rows else []
    return [
        PictureView(
            row["n"],
            row["id"],
            row["alt"],
            row["width"],
            row["height"],
            owner,
            picture_token(owner, row["id"]) if owner else "",
            row["n"] not in loose,
        )
        for row in rows
    ]


def picture_token(owner: str, public_id: str) -> str:
    """What an address of a picture carries to prove that the server showed it to `owner`: an attempt, or a marker."""
    return salted_hmac("exams.picture", f"{owner}:{public_id}", algorithm="sha256").hexdigest()[:16]


def _options(ids: Sequence[str], texts: Mapping[str, str], value: Any, given: Mapping[str, str]) -> list[Option]:
    chosen = set(value) if isinstance(value, list) else {value} if isinstance(value, str) else set()
    return [
        Option(pk, texts[pk], chr(65 + n), chosen=pk in chosen, given=given.get(pk, "")) for n, pk in enumerate(ids)
    ]


@dataclass(frozen=True, slots=True)
class DrillView:
    """Where a drill stands: the question to answer now and the way to mastery."""

    number: int
    check: str
    question: QuestionView
    right: int
    answered: int


def drill_view(attempt: Attempt) -> DrillView:
    """The current question of an open drill. Raises CannotFill if the bank has nothing to ask."""
    rows = list(DrillAnswer.objects.filter(attempt=attempt).order_by("number").values_list("version_id", "is_right"))
    version_id = next_in_drill(attempt.seed, drill_pool(attempt.paper), [v for v, _right in rows])
    version = ItemVersion.objects.select_related("item").get(pk=version_id)
    number = len(rows) + 1
    return DrillView(
        number=number,
        check=drill_check(attempt, number, version_id),
        question=question_view(version, attempt.seed, number, None, None, attempt.public_id),
        right=recent_right([right for _v, right in rows], of=attempt.paper.mastery_of or 1),
        answered=len(rows),
    )


def drill_right(attempt: Attempt) -> int:
    """How many of the last answers that the mastery rule looks at are right. One statement."""
    rows = DrillAnswer.objects.filter(attempt=attempt).order_by("number").values_list("is_right", flat=True)
    return recent_right(list(rows), of=attempt.paper.mastery_of or 1)


def drill_check(attempt: Attempt, number: int, version_id: int) -> str:
    """A short mark of which question a form answers, that tells nothing about it."""
    return rank(attempt.seed, f"{number}:{version_id}").hex()[:16]


def is_overdue(attempt: Attempt, now: datetime) -> bool:
    """True for an open attempt whose deadline and grace have passed."""
    return attempt.state == AttemptState.OPEN and attempt.deadline is not None and now > attempt.deadline + grace()


def is_sitting(user: AbstractBaseUser) -> bool:
    """Whether `user` has an exam with a deadline that still runs: their session must not end now."""
    running = Attempt.objects.filter(enrolment__user_id=user.pk, state=AttemptState.OPEN)
    return running.filter(deadline__gt=timezone.now() - grace()).exists()

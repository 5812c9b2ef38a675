"""Read the plain form of a paper into values as `exams.grading` knows them."""

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict

from exams.queries import QuestionView, is_answer


def read_answers(questions: Sequence[QuestionView], data: QueryDict) -> dict[int, Any]:
    """{position: value} for every question; None where nothing was put. Unknown fields and ids are left out."""
    return {q.position: read_answer(q, data) for q in questions}


def read_answer(question: QuestionView, data: QueryDict) -> Any:
    """The value of one question's fields."""
    name, known = question.name, {option.id for option in question.options}
    match question.type:
        case "multiple":
            return [v for v in data.getlist(name) if v in known] or None
        case "true_false":
            return {"true": True, "false": False}.get(data.get(name, ""))
        case "blank":
            texts = [_text(data, f"{name}_{n}") for n in range(1, len(question.blanks) + 1)]
            return texts if any(texts) else None
        case "ordering":
            ranks = {option: data.get(f"{name}_{option}", "") for option in known}
            return sorted((o for o in known if ranks[o].isdecimal()), key=lambda o: (int(ranks[o][:3]), o)) or None
        case "matching":
            rights = {option.id for option in question.right}
            pairs = {option: data.get(f"{name}_{option}", "") for option in known}
            return {left: right for left, right in pairs.items() if right in rights} or None
        case "short":
            return _text(data, name) or None
        case "scenario":
            values = {part.id: read_answer(part, data) for part in question.parts}
            return {pk: value for pk, value in values.items() if is_answer(value)} or None
        case _:
            value = data.get(name, "")
            return value if value in known else None


def _text(data: QueryDict, name: str) -> str:
    """What was typed, without null characters: PostgreSQL stores none."""
    return data.get(name, "").replace("\0", "").strip()

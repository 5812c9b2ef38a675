"""Which unit a roster means, found by name below one organisation."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from organisations.importers.places import fold_place
from organisations.models import Kind, Organisation


@dataclass(frozen=True, slots=True)
class Place:
    """A unit, or the reason why there is none. `missing` are the names that would have to be made below `unit`."""

    unit: Organisation | None
    missing: tuple[str, ...] = ()
    reason: str = ""


class Places:
    """Every open unit of one organisation by its names, read in one statement."""

    def __init__(self, root: Organisation, *, makes_units: bool) -> None:
        self.root, self.makes_units = root, makes_units
        self.by_name: defaultdict[str, list[Organisation]] = defaultdict(list)
        self.by_id: dict[int, Organisation] = {}
        for unit in Organisation.objects.within(root).filter(closed_on=None).order_by("path"):
            self.by_id[unit.pk] = unit
            for name in self._names(unit):
                self.by_name[name].append(unit)
        self._found: dict[tuple[str, ...], Place] = {}

    def _names(self, unit: Organisation) -> set[str]:
        """四（1）班 of 四年级 is 1班 there and 四年级1班 everywhere."""
        names = {fold_place(text) for text in (unit.name, unit.short_name, unit.code) if text}
        if above := self.by_id.get(unit.parent_id or 0):
            own, over = fold_place(unit.name), fold_place(above.name)
            names.add(own.removeprefix(over) or own)
            names.add(own if own.startswith(over) else over + own)
        return names

    def find(self, parts: Sequence[str]) -> Place:
        """The unit that `parts` name from above downwards; no part is the organisation itself."""
        key = tuple(parts)
        if key not in self._found:
            self._found[key] = self._find(key)
        return self._found[key]

    def _find(self, parts: tuple[str, ...]) -> Place:
        here = self.root
        for depth, part in enumerate(parts):
            matches = self._matches(here, part, is_first=depth == 0)
            if len(matches) > 1:
                return Place(None, reason=f"two-units: {part}")
            if not matches:
                missing = parts[depth:]
                if self.makes_units and all(len(name) <= 120 for name in missing):
                    return Place(here, missing)
                return Place(None, reason=f"no-unit: {part}")
            here = matches[0]
        return Place(here)

    def _matches(self, above: Organisation, name: str, *, is_first: bool) -> list[Organisation]:
        """Units of this name below `above`; the one directly below it where there is one."""
        found = [unit for unit in self.by_name[fold_place(name)] if self._below(unit, above, itself=is_first)]
        direct = [unit for unit in found if unit.parent_id == above.pk]
        return direct if len(direct) == 1 else found

    @staticmethod
    def _below(unit: Organisation, above: Organisation, *, itself: bool) -> bool:
        return (itself or unit.pk != above.pk) and (unit.path or "").startswith(above.path or "-")


class Stages:
    """The stage of education of any unit: its own, else that of the nearest one above. One statement in all."""

    def __init__(self) -> None:
        self._known = dict(Organisation.objects.exclude(stage="").values_list("pk", "stage"))

    def of(self, unit: Organisation | None) -> str:
        """ "" where no unit above says it."""
        above = [int(part) for part in ((unit.path or "") if unit else "").split("/") if part]
        return next((self._known[pk] for pk in reversed(above) if pk in self._known), "")


def kind_below(above: str, name: str) -> str:
    """What sort of unit a roster makes below a unit of kind `above`."""
    if above == Kind.SCHOOL:
        is_grade = name.endswith(("年级", "级")) or name[:1] in "初高" or "grade" in name.casefold()
        return Kind.GRADE if is_grade and "班" not in name else Kind.CLASS
    return Kind.CLASS if above == Kind.GRADE else Kind.SECTION

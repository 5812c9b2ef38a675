"""Many units at once: by district, by kind, and one by one, in their own order. Nobody is ranked."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _

from dashboards.queries import figures
from dashboards.queries.board import UNITS_PAGE
from dashboards.queries.figures import HeatRow, Week
from dashboards.queries.rights import watched_by
from organisations.models import Kind, Organisation
from programmes.models import Programme, Step

# A section counts for its department, a class for its school; what stands above them is not one unit among others.
COUNTING = (Kind.DEPARTMENT, Kind.SCHOOL, Kind.ENTERPRISE)
GROUPINGS = ("kind", "district")


@dataclass(frozen=True, slots=True)
class CityChoice:
    """What the address says. `group` is how the first table is put together; the rest narrows both."""

    programme: str = ""
    group: str = "kind"
    kind: str = ""
    district: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class CityView:
    """Everything on the page."""

    programmes: list[Programme]
    programme: Programme | None
    steps: list[Step]
    total: HeatRow
    groups: list[HeatRow]
    all_units: list[HeatRow]
    page: int
    left_out: int
    weeks: list[Week]
    kinds: list[tuple[str, str]]
    districts: list[tuple[str, str]]

    @property
    def units(self) -> list[HeatRow]:
        """Those of the page asked for."""
        return self.all_units[(self.page - 1) * UNITS_PAGE : self.page * UNITS_PAGE]

    @property
    def has_more(self) -> bool:
        """Whether there is a page after it."""
        return self.page * UNITS_PAGE < len(self.all_units)


@dataclass(frozen=True, slots=True)
class Places:
    """The units that the reader may see, and for each path the unit among them that it counts for."""

    units: dict[int, Organisation]
    counts_for: dict[str, int]
    district_of: dict[int, str]

    def unit_of(self, path: str) -> int:
        """The id of the unit that counts those who stand at `path`."""
        return self.counts_for.get(path, 0)


def city(user: AbstractBaseUser, choice: CityChoice, today: date) -> CityView | None:
    """All units that `user` may see, None if there are none. Three statements."""
    places = _places(list(watched_by(user).order_by("order", "name", "path")))
    if not places.units:
        return None
    known = figures.steps_by_programme(watched_by(user))
    programmes = [programme for programme, _steps in known]
    chosen = next((p for p in programmes if p.slug == choice.programme), programmes[0] if programmes else None)
    steps = next((steps for programme, steps in known if programme == chosen), [])
    found = figures.read(chosen, watched_by(user), today)
    lines = _units(places, found, steps)
    narrowed = [line for line in lines if _fits(line, places, choice)]
    by_unit = found.folded(places.unit_of)
    keep = {line.unit.pk for line in narrowed if line.unit}
    is_whole = not (choice.kind or choice.district)
    tallies = {pk: tally for pk, tally in by_unit.items() if pk in keep or is_whole}
    groups = _groups(places, tallies, steps, choice.group)
    return CityView(
        programmes=programmes,
        programme=chosen,
        steps=steps,
        total=figures.row(figures.whole_of(tallies.values()), steps, word=_("All together")),
        groups=groups,
        all_units=figures.without_small_cells(narrowed),
        page=choice.page,
        left_out=found.left_out,
        weeks=found.weeks if is_whole else [],
        kinds=_kinds(places, lines),
        districts=_districts(places, lines),
    )


def _places(units: Sequence[Organisation]) -> Places:
    """For each unit the nearest one at or above it that counts for itself, and its district (its own or inherited)."""
    by_id = {unit.pk: unit for unit in units}
    counts_for, district_of = {}, {}
    for unit in units:
        chain = [by_id[pk] for pk in _chain(unit) if pk in by_id]
        own = next((above for above in chain if above.kind in COUNTING), chain[-1] if chain else unit)
        counts_for[unit.path or ""] = own.pk
        district_of[unit.pk] = next((above.district_code for above in chain if above.district_code), "")
    return Places(by_id, counts_for, district_of)


def _chain(unit: Organisation) -> list[int]:
    """The unit and those above it, nearest first."""
    return [int(part) for part in reversed((unit.path or "").split("/")) if part]


def _units(places: Places, found: figures.Figures, steps: Sequence[Step]) -> list[HeatRow]:
    """A line for each unit with people, or that does not take part, in the order of the units."""
    tallies = found.folded(places.unit_of)
    lines = []
    for pk, unit in places.units.items():
        if unit.kind in COUNTING and found.is_apart(unit.path or "") and unit.closed_on is None:
            lines.append(figures.row(figures.whole_of(()), steps, unit, is_apart=True))
        elif pk in tallies:
            lines.append(figures.row(tallies[pk], steps, unit))
    return [line for line in lines if line.enrolled or line.is_apart]


def _fits(line: HeatRow, places: Places, choice: CityChoice) -> bool:
    assert line.unit is not None
    is_kind = not choice.kind or line.unit.kind == choice.kind
    return is_kind and (not choice.district or places.district_of[line.unit.pk] == choice.district)


def _groups(places: Places, tallies: dict[int, figures.Tally], steps: Sequence[Step], grouping: str) -> list[HeatRow]:
    """A line for each kind or district, in the order of kinds or codes."""
    sums: dict[Hashable, list[figures.Tally]] = {}
    for pk, tally in tallies.items():
        sums.setdefault(_group_of(places, pk, grouping), []).append(tally)
    words = dict(_district_names(places)) if grouping == "district" else {str(k): str(k.label) for k in Kind}
    order = sorted(sums, key=str) if grouping == "district" else [str(k) for k in Kind if str(k) in sums]
    lines = [
        figures.row(figures.whole_of(sums[key]), steps, word=words.get(str(key), str(key)), key=str(key))
        for key in order
    ]
    return figures.without_small_cells([line for line in lines if line.enrolled])


def _group_of(places: Places, pk: int, grouping: str) -> str:
    if grouping == "district":
        return places.district_of.get(pk, "")
    return str(places.units[pk].kind) if pk in places.units else ""


def _kinds(places: Places, lines: Sequence[HeatRow]) -> list[tuple[str, str]]:
    """The kinds of the units there are."""
    present = {line.unit.kind for line in lines if line.unit}
    return [(str(kind), str(kind.label)) for kind in Kind if str(kind) in present]


def _districts(places: Places, lines: Sequence[HeatRow]) -> list[tuple[str, str]]:
    """The districts of the units there are."""
    names = dict(_district_names(places))
    present = {places.district_of[line.unit.pk] for line in lines if line.unit}
    return [(code, names.get(code, code)) for code in sorted(present) if code]


def _district_names(places: Places) -> list[tuple[str, str]]:
    """A division is called after the city or district in the tree that carries its code; others by the code alone."""
    named = [unit for unit in places.units.values() if unit.kind == Kind.CITY and unit.district_code]
    return [(unit.district_code, unit.name) for unit in sorted(named, key=lambda unit: -len(unit.path or ""))]

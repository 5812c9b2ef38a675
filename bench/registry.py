"""What the public registry costs at a size, run inside `manage.py shell` where Django has been set up:

    python manage.py shell --no-imports -c "from bench.registry import main; main(10_000)"

Fills the registry up to so many letters (rows only: letter, publication, list row, words) and asks for pages as a
browser does, through the whole site. Names are put together from parts; the same number always gives the same letter.
"""

import json
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.server import database_seconds
from organisations.models import Organisation
from pledges.actions.registry import vector
from pledges.models import Letter, Publication, RegistryRow, RegistryTally
from pledges.queries import Choice, find, words_of

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "文明知远思齐守信立诚怀德敬业乐群致和修远博学笃行慎言清扬若谷"
PLACES = ["昆山", "江南", "太湖", "阳澄", "淞南", "玉山", "周庄", "千灯", "锦溪", "巴城"]
TRADES = [
    "精密制造",
    "示例科技",
    "建筑工程",
    "信息咨询",
    "食品加工",
    "物流运输",
    "环保设备",
    "医疗器械",
    "文化传播",
    "电子材料",
]
UNITS = [
    "市水利局",
    "市财政局",
    "市教育局",
    "市住房和城乡建设局",
    "市市场监督管理局",
    "市公安局",
    "市司法局",
    "市民政局",
]
KINDS = ["civil_servant"] * 5 + ["organisation"] * 3 + ["teacher", "reviewer"]
TITLES = {
    "civil_servant": "公职人员信用承诺书", "organisation": "专项资金信用承诺书", "teacher": "教师拒绝有偿补课承诺书",
    "reviewer": "项目评审专家信用承诺书",
}  # fmt: skip
TYPES = ["approval", "tolerance", "certificate", "repair", "industry", "voluntary", "other"]
FIRST_DAY, DAYS = date(2020, 1, 6), 2500
START = datetime(2020, 1, 6, 1, 0, tzinfo=UTC)
DISTRICT, RARE, RARE_EVERY, RARE_BELOW = "320583", "钟离慎独", 500, 10_000  # as many at every size
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CHUNK, ROUNDS = 20_000, 24


def public_id(n: int) -> str:
    """Twelve characters, another one for every number."""
    mixed, text = (n + 1) * 2654435761 % 2**60, ""
    for _ in range(12):
        mixed, digit = divmod(mixed, 32)
        text += ALPHABET[digit]
    return text


def row(n: int, office: Organisation) -> RegistryRow:
    """Letter number `n`."""
    kind = KINDS[n * 7 % len(KINDS)]
    made_on = FIRST_DAY + timedelta(days=n % DAYS)
    valid_until = made_on + timedelta(days=365) if n % 3 else None
    person = SURNAMES[n * 13 % len(SURNAMES)] + GIVEN[n * 5 % len(GIVEN)] + GIVEN[n * 11 // 3 % len(GIVEN)]
    firm = f"{PLACES[n * 3 % len(PLACES)]}{TRADES[n * 17 // 5 % len(TRADES)]}{n % 997}有限公司"
    is_firm = kind == "organisation"
    name = RARE if n < RARE_BELOW and n % RARE_EVERY == 17 else firm if is_firm else person
    return RegistryRow(
        publication_id=n + 1, letter_id=n + 1, public_id=public_id(n),
        code=f"{DISTRICT}{made_on:%Y%m%d}{n // DAYS:06d}", name=name, unit=name if is_firm else UNITS[n % len(UNITS)],
        uscc=f"91320583MA{n if n >= RARE_BELOW else n % 100:07d}X" if is_firm else "", title=TITLES[kind], title_en="",
        subject="organisation" if is_firm else "person", audience=kind, pledge_type=TYPES[n % len(TYPES)],
        office=office.name, office_uscc=office.uscc or "", made_on=made_on, year=made_on.year, valid_until=valid_until,
        state="expired" if valid_until and valid_until < date(2026, 6, 1) else "in_force", has_scan=False,
        level="passkey", unit_kind="enterprise" if is_firm else "department",
        published_at=START + timedelta(minutes=3 * n),
    )  # fmt: skip


def _columns(model: Any) -> list[str]:
    return [field.column for field in model._meta.concrete_fields]


def _values(model: Any, objects: Iterable[Any]) -> Iterator[list[Any]]:
    fields = model._meta.concrete_fields
    for made in objects:
        yield [field.get_db_prep_save(getattr(made, field.attname), connection) for field in fields]


def _put(table: str, columns: list[str], rows: Iterable[list[Any]]) -> None:
    """Insert many rows: COPY on PostgreSQL, one prepared statement on SQLite."""
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for values in rows:
                    copy.write_row(values)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))


def seed(size: int) -> float:
    """Fill the registry up to `size` letters; returns the seconds that it took."""
    began = time.perf_counter()
    office, _made = Organisation.objects.get_or_create(
        uscc="11320583MB0000000E", defaults={"kind": "department", "name": "市信用办", "district_code": DISTRICT}
    )
    have = RegistryRow.objects.count()
    for start in range(have, size, CHUNK):
        made = [row(n, office) for n in range(start, min(start + CHUNK, size))]
        with transaction.atomic():
            _put_rows(made)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    return round(time.perf_counter() - began, 1)


def _put_rows(made: list[RegistryRow]) -> None:
    letters = (
        Letter(
            pk=one.letter_id, public_id=one.public_id, code=one.code, district=DISTRICT, made_on=one.made_on,
            signed_at=one.published_at, valid_until=one.valid_until, subject=one.subject, audience=one.audience,
            visibility="named", signer_is_minor=False, state="in_force",
        )
        for one in made
    )  # fmt: skip
    publications = (
        Publication(pk=one.publication_id, letter_id=one.letter_id, published_at=one.published_at) for one in made
    )
    for model, objects in ((Letter, letters), (Publication, publications), (RegistryRow, made)):
        _put(model._meta.db_table, _columns(model), _values(model, objects))
    lite = connection.vendor == "sqlite"
    words = ([one.pk, (" ".join if lite else vector)(words_of(one))] for one in made)
    _put("pledges_registrywords", ["rowid" if lite else "row_id", "words"], words)
    RegistryTally.objects.bulk_create(
        RegistryTally(
            month=one.published_at.date().replace(day=1), audience=one.audience, unit_kind=one.unit_kind, letters=1
        )
        for one in made[:1]
    )
    RegistryTally.objects.create(month=made[0].made_on.replace(day=1), audience="teacher", letters=len(made) - 1)


def questions() -> dict[str, dict[str, str]]:
    """The stated mix, by name. Most are asked by everybody, some are as bad as can be."""
    third = find(Choice()).cursor
    return {
        "newest": {},
        "second page": {"cursor": third},
        "name, in one of three": {"q": "有限公司"},
        "name, one of thirty": {"q": "赵文"},
        "name, rare": {"q": RARE},
        "name, nobody's": {"q": "欧阳修竹"},
        "name of common parts, nobody's": {"q": "周庄环保局"},
        "unit": {"q": "水利局"},
        "two words": {"q": "昆山 精密"},
        "pinyin, common": {"q": "ssl"},
        "pinyin, rare": {"q": "zlsd"},
        "verification code": {"q": public_id(4321)},
        "verification code, nobody's": {"q": "AAAAAAAAAAAA"},
        "pledge code": {"q": f"{DISTRICT}{FIRST_DAY + timedelta(days=1821):%Y%m%d}000001"},
        "beginning of a code": {"q": f"{DISTRICT}2025"},
        "unified code": {"q": "91320583MA0000001X"},
        "kind": {"kind": "reviewer"},
        "year": {"year": "2021"},
        "kind and year": {"kind": "teacher", "year": "2023"},
        "type and state": {"type": "repair", "state": "expired"},
        "name, kind and year": {"q": "示例科技", "kind": "organisation", "year": "2024"},
        "accepting unit": {"office": "11320583MB0000000E"},
    }


def ask(client: Client, query: dict[str, str]) -> int:
    """Ask for the page; returns how many letters it shows."""
    answer = client.get(reverse("pledges:registry"), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.count(b"rowlink")


def measured(client: Client, query: dict[str, str]) -> dict[str, Any]:
    """Statements and CPU of one page."""
    for _ in range(3):
        ask(client, query)
    with CaptureQueriesContext(connection) as seen:
        shown = ask(client, query)
    every = len(seen)
    every -= sum(one["sql"] in ("BEGIN", "COMMIT") for one in seen)
    own = [one["sql"] for one in seen if "pledges_" in one["sql"]]
    database, spent = database_seconds(), []
    for _ in range(ROUNDS):
        began = time.process_time()
        ask(client, query)
        spent.append((time.process_time() - began) * 1000)
    cpu = median(spent)  # a busy machine makes single rounds slow
    database = (database_seconds() - database) * 1000 / ROUNDS
    return {
        "sql": len(own),
        "all_sql": every,
        "cpu_ms": round(cpu, 2),
        "db_cpu_ms": round(database, 2),
        "rows": shown,
    }


def main(size: int) -> None:
    """Fill up and print what every page costs, as one line of JSON."""
    settings.REGISTRY_SEARCHES = 10**9
    seconds = seed(size)
    client = Client(headers={"host": "localhost"})
    rows = [{"name": name, **measured(client, query)} for name, query in questions().items()]
    print(json.dumps({"size": size, "seeded_in": seconds, "rows": rows}))

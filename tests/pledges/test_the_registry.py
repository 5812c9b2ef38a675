"""The public list: what is found, page by page, and that the copy it reads is true."""

import re
from datetime import timedelta
from importlib import import_module
from io import StringIO

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from foundation.jobs.models import Job
from foundation.jobs.worker import run_pending
from pledges import actions, queries
from pledges.models import Letter, RegistryRow, RegistryTally, SchoolTally
from pledges.queries import Choice
from tests.factories import pledges as make
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def letters():
    return make.forty_five_letters(make.accepting_unit(name="市财政局"))


def found(**choice):
    return queries.find(Choice(**choice))


def test_the_copy_is_kept_by_what_changes_letters_and_a_command_proves_it():
    letter, other = make.published(), make.published()
    call_command("rebuild_registry", check=True, stdout=StringIO())
    actions.withdraw_letter(by=letter.signer, letter=letter)
    assert list(RegistryRow.objects.values_list("letter_id", flat=True)) == [other.pk]
    assert queries.letters_public() == 1
    call_command("rebuild_registry", check=True, stdout=StringIO())
    RegistryRow.objects.update(name="别人")
    RegistryTally.objects.all().delete()
    with pytest.raises(CommandError, match="2 rows or figures differ"):
        call_command("rebuild_registry", check=True)
    call_command("rebuild_registry", words=True, stdout=StringIO())
    call_command("rebuild_registry", check=True, stdout=StringIO())
    assert RegistryRow.objects.get().name == other.record.public_name
    assert (found(text=other.record.public_name).count, found(text=letter.signer.name + "某某").count) == (1, 0)


def test_a_withdrawn_letter_is_not_told_even_if_its_row_were_left(letters):
    row = RegistryRow.objects.order_by("-pk").first()
    Letter.objects.filter(pk=row.letter_id).update(state="withdrawn", withdrawn_at=timezone.now())
    for choice in (Choice(), Choice(text="示例"), Choice(text=row.public_id)):
        assert row.public_id not in [one.public_id for one in queries.find(choice).rows]


def test_figures_fold_and_add_up():
    for _n in range(3):
        make.published()
    assert (queries.letters_public(), RegistryTally.objects.count()) == (3, 3)
    assert actions.fold_registry() == 1
    assert (queries.letters_public(), RegistryTally.objects.count(), actions.fold_registry()) == (3, 1, 0)


def test_rows_say_that_the_last_day_is_over():
    letter = make.published()
    assert actions.age_registry() == 0
    assert actions.age_registry(today=letter.valid_until + timedelta(days=1)) == 1
    assert (found(state="expired").count, found(state="in_force").count) == (1, 0)


@override_settings(SMALL_CELL=3)
def test_small_figures_are_not_told(client):
    for _n in range(2):
        make.published()
    address = reverse("pledges:registry-figures")
    assert 'class="bar"' not in client.get(address).content.decode()
    assert list(queries.figures().cells.values()) == [None]
    make.published()
    assert list(queries.figures().cells.values()) == [3]
    assert 'class="bar"' in client.get(address).content.decode()


@override_settings(SMALL_CELL=3)
def test_a_month_with_few_letters_says_so_and_not_nought(client):
    for _n in range(3):
        make.published()
    make.published()
    month = timezone.localdate().replace(day=1)
    earlier = (month - timedelta(days=1)).replace(day=1)
    few = RegistryTally.objects.all()[0]
    few.pk, few.month, few.letters = None, earlier, 2
    few.save()
    html = client.get(reverse("pledges:registry-figures")).content.decode()
    months = html[html.index('id="by-month"') : html.index("<details", html.index('id="by-month"'))]
    assert re.findall(r'<span class="n">(.*?)</span>', months) == ["0"] * 10 + ["少于 3", "4"]


@override_settings(SMALL_CELL=2)
def test_of_pupils_there_are_only_totals_of_schools_with_many(client):
    school = OrganisationFactory(kind="school", name="示例小学")
    letter = make.class_template(title="金丝雀约定")
    for n in range(2):
        unit = OrganisationFactory(kind="class", name=f"金丝雀{n}班", parent=school)
        make.signed(
            make.enrolment(letter, user=UserFactory(child=True, name="金丝雀同学"), unit=unit), visibility="none"
        )
        actions.count_schools()
        assert SchoolTally.objects.get().promises == n + 1
        html = client.get(reverse("pledges:registry-figures")).content.decode()
        assert ("示例小学" in html, "金丝雀" in html) == (n == 1, False)


def test_searching_has_a_limit_for_each_address_and_looking_has_none(client):
    with override_settings(REGISTRY_SEARCHES=2):
        answers = [client.get(reverse("pledges:registry"), {"q": "示例"}).status_code for _n in range(3)]
        assert answers == [200, 200, 429]
        assert client.get(reverse("pledges:registry-csv"), {"q": "示例"}).status_code == 429
        assert client.get(reverse("pledges:registry")).status_code == 200


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE pledges_registryrow SET audience = 'primary'", "registry_of_no_pupil"),
        ("UPDATE pledges_registryrow SET subject = 'class'", "registry_of_no_class"),
        ("UPDATE pledges_registryrow SET state = 'bad'", "registry_state_known"),
    ],
)
def test_raw_sql_cannot_list_pupils_or_classes(sql, why):
    make.published()
    with pytest.raises(DatabaseError, match=why), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_list_and_its_table_say_how_each_letter_was_signed(client, letters):
    signed = make.published()
    row = RegistryRow.objects.get(letter=signed)
    sent = RegistryRow.objects.exclude(letter=signed).first()
    assert (row.level, sent.level) == ("reauthenticated", "submitted")
    html = client.get(reverse("pledges:registry")).content.decode()
    assert html.count(f'<span class="sub">{row.get_level_display()}</span>') == 1
    assert html.count(f'<span class="sub">{sent.get_level_display()}</span>') == 19
    lines = client.get(reverse("pledges:registry-csv")).content.decode("utf-8-sig").splitlines()
    column = lines[0].split(",").index("签署方式")
    assert [line.split(",")[column] for line in lines[1:3]] == [row.get_level_display(), sent.get_level_display()]


def test_rows_from_before_get_their_level_from_the_evidence():
    letter = make.published()
    RegistryRow.objects.update(level="submitted")
    import_module("pledges.migrations.0011_registry_says_how_signed").fill(apps, None)
    assert RegistryRow.objects.get(letter=letter).level == "reauthenticated"
    assert actions.rebuild_registry(check=True) == 0


def published_from(kind, **fields):
    unit = OrganisationFactory(kind=kind, parent=OrganisationFactory(kind="city", district_code=make.DISTRICT))
    return make.published(make.enrolment(user=UserFactory(), unit=unit), **fields)


def test_what_kind_of_unit_stands_behind_a_letter_is_told_from_the_tree():
    kinds = {"department": "department", "section": "department", "school": "school", "enterprise": "enterprise",
             "city": "other"}  # fmt: skip
    for kind, told in kinds.items():
        assert RegistryRow.objects.get(letter=published_from(kind)).unit_kind == told, kind
    assert actions.rebuild_registry(check=True) == 0


def test_figures_by_kind_of_unit_are_told_from_the_threshold_on_and_lead_to_the_list(client, letters, settings):
    settings.SMALL_CELL = 20
    html = client.get(reverse("pledges:registry-figures")).content.decode()
    assert re.findall(r'href="/registry/\?unit=(\w+)">.*?<span class="n">(\d+)</span>', html) == [("enterprise", "30")]
    assert queries.figures().of_unit("school") == 0
    settings.SMALL_CELL = 5
    assert [queries.figures().of_unit(kind) for kind in ("enterprise", "school")] == [30, 15]
    listed = client.get(reverse("pledges:registry"), {"unit": "school"}).content.decode()
    assert listed.count('class="rowlink"') == 15


def test_rows_from_before_the_kinds_of_units_are_written_anew_by_a_job_once(letters):
    RegistryRow.objects.update(unit_kind="other")
    RegistryTally.objects.all().update(unit_kind="other")
    queue = import_module("pledges.migrations.0013_registry_by_unit_kind").queue
    queue(apps, None)
    queue(apps, None)
    assert Job.objects.filter(kind="pledges.rewrite_list").count() == 1
    run_pending()
    assert (found(unit_kind="enterprise").count, found(unit_kind="school", year=2025).count) == (30, 3)
    assert queries.figures().of_unit("enterprise") == 30
    assert actions.rebuild_registry(check=True) == 0

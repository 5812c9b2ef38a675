"""The audit log is sealed into a hash chain that shows any change."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from foundation.audit import actions, queries
from foundation.audit.models import Link
from foundation.writeonce import lifted
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries():
    user = UserFactory()
    return [actions.record(action="tests.act", actor=user, target=f"tests.Row:{n}") for n in range(3)]


def test_sealing_chains_every_entry_once(entries):
    assert actions.seal() == 3
    assert actions.seal() == 0
    assert list(Link.objects.order_by("position").values_list("entry_id", "position")) == [
        (entry.pk, n + 1) for n, entry in enumerate(entries)
    ]
    assert queries.verify() == queries.Verdict(links=3, broken_at=None, unsealed=0)


def test_a_later_seal_goes_on_where_the_chain_ended(entries):
    actions.seal(limit=2)
    assert queries.verify() == queries.Verdict(links=2, broken_at=None, unsealed=1)
    actions.seal()
    assert queries.verify() == queries.Verdict(links=3, broken_at=None, unsealed=0)


def test_an_entry_changed_behind_our_back_is_found(entries):
    actions.seal()
    with lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET target = 'tests.Row:9' WHERE id = %s", [entries[1].pk])
    assert queries.verify().broken_at == 2
    with pytest.raises(CommandError, match="broken at position 2"):
        call_command("verify_audit")


def test_the_system_acts_without_a_person():
    entry = actions.record(action="tests.act", actor=None, target="tests.Row:1")
    assert (entry.actor, entry.actor_id) == ("system", None)

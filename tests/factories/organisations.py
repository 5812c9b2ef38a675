"""Units and memberships, made through the actions, so that paths are right."""

from typing import Any

import factory
from django.utils import timezone

from organisations import actions
from organisations.models import Kind, Membership, Organisation


class OrganisationFactory(factory.Factory):
    """A department at the root of its own tree."""

    class Meta:
        model = Organisation

    kind = Kind.DEPARTMENT
    name = factory.Sequence(lambda n: f"单位{n}")

    @classmethod
    def _create(cls, model_class: type[Organisation], *args: Any, **kwargs: Any) -> Organisation:
        return actions.create_organisation(by=None, **kwargs)


class MembershipFactory(factory.django.DjangoModelFactory):
    """An ordinary member, not at home."""

    class Meta:
        model = Membership

    from_on = factory.LazyFunction(timezone.localdate)

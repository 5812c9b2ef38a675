"""People."""

import factory

from accounts.models import User


class UserFactory(factory.django.DjangoModelFactory):
    """An adult who can sign in with the password "correct horse"."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    name = factory.Sequence(lambda n: f"某人{n}")
    password = factory.django.Password("correct horse")

    class Params:
        child = factory.Trait(age_class=User.AgeClass.CHILD, has_consent=True)

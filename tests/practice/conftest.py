"""A signed letter stands behind every deed."""

import pytest

from programmes.contracts import PROMISES
from tests.factories.practice import SignedLetter, Workplace


@pytest.fixture(autouse=True)
def letter():
    before = list(PROMISES)
    PROMISES[:] = [SignedLetter()]
    yield
    PROMISES[:] = before


@pytest.fixture
def workplace(db):
    return Workplace()


@pytest.fixture
def enrolment(workplace):
    return workplace.learner()

"""What the tests of letters share. Letters are set in the converted font, as after set-up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from foundation import fonts
from tests.factories import pledges as make


@pytest.fixture(autouse=True, scope="session")
def _converted_font() -> Iterator[None]:
    """The project's own var/ keeps the conversion between runs; only the first one takes half a minute."""
    with override_settings(FONT_DIR=Path(settings.BASE_DIR) / "var" / "fonts"):
        fonts.prepare("serif")
        yield


@pytest.fixture
def unit(db):
    """An accepting unit with its code."""
    return make.accepting_unit(name="市财政局", uscc="11320583MB0000000E")


@pytest.fixture
def by(unit):
    """Its coordinator."""
    return make.coordinator_of(unit)

"""Letters are set in the converted font, as after set-up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from foundation import fonts


@pytest.fixture(autouse=True, scope="session")
def _converted_font() -> Iterator[None]:
    """The project's own var/ keeps the conversion between runs; only the first one takes half a minute."""
    with override_settings(FONT_DIR=Path(settings.BASE_DIR) / "var" / "fonts"):
        fonts.prepare("serif")
        yield

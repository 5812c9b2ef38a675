"""Other people's programs that tests ask for their opinion."""

import os
import shutil

import pytest


def needs(*programs: str) -> pytest.MarkDecorator:
    """Leave a test out where one of these programs is missing; in CI it runs, and fails: there `make test` has
    installed them, and a check that nobody makes looks like one that holds."""
    missing = [program for program in programs if shutil.which(program) is None]
    in_ci = bool(os.environ.get("CI"))
    return pytest.mark.skipif(bool(missing) and not in_ci, reason=f"not here: {' '.join(missing)}")

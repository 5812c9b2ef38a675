"""The site as it runs, plus a count of SQL statements in a header and a bare view to compare with."""

import os

from elearning.settings.base import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
INSTALLED_APPS = [*INSTALLED_APPS, "bench"]  # noqa: F405
if os.environ.get("XINXING_BENCH") == "1":
    MIDDLEWARE = ["bench.middleware.CountStatements", *MIDDLEWARE]  # noqa: F405

"""Settings for the tests: the same code, a throw-away database, files in a temporary folder."""

import os
import tempfile

os.environ.setdefault("XINXING_VAR_DIR", tempfile.mkdtemp(prefix="xinxing-test-"))
os.environ.setdefault("XINXING_SECRET_KEY", "only-for-tests-0123456789-0123456789-0123456789-0123")
os.environ.setdefault("XINXING_LOG_LEVEL", "WARNING")

from elearning.settings.base import *  # noqa: F403

# Hashing cost is not what the tests are about; two seconds per sign-in would be.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# A file instead of memory lets `pytest --reuse-db` skip the migrations while one works on a test.
if os.environ.get("XINXING_TEST_DB"):
    DATABASES["default"]["TEST"] = {"NAME": os.environ["XINXING_TEST_DB"]}  # noqa: F405

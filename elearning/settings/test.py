"""Settings for the tests: the same code, a throw-away database, files in a temporary folder."""

import os
import tempfile
import zlib

os.environ.setdefault("XINXING_VAR_DIR", tempfile.mkdtemp(prefix="xinxing-test-"))
os.environ.setdefault("XINXING_SECRET_KEY", "only-for-tests-0123456789-0123456789-0123456789-0123")
os.environ.setdefault("XINXING_LOG_LEVEL", "WARNING")

from elearning.settings.base import *  # noqa: F403
from elearning.settings.databases import SQLITE_OPTIONS

# Hashing cost is not what the tests are about; two seconds per sign-in would be.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

if "sqlite" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    # A file, as in use, not memory: threads of one test wait for each other instead of failing. `pytest --reuse-db`
    # with XINXING_TEST_DB keeps it. Nothing here must survive a power cut.
    folder = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()  # noqa: S108
    mark = zlib.crc32(str(BASE_DIR).encode())  # noqa: F405  # two checkouts tested at once keep apart
    name = os.environ.get("XINXING_TEST_DB", f"{folder}/xinxing-test-{os.getuid()}-{mark:08x}.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": name}  # noqa: F405
    DATABASES["default"]["OPTIONS"] = {  # noqa: F405
        **SQLITE_OPTIONS,
        "init_command": SQLITE_OPTIONS["init_command"].replace("synchronous=FULL", "synchronous=OFF"),
    }
else:
    DATABASES["default"]["OPTIONS"] = {**DATABASES["default"]["OPTIONS"], "options": "-c synchronous_commit=off"}  # noqa: F405

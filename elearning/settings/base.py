"""Settings for every profile. Without any variable set this is the embedded default: SQLite, no other server.

Every `XINXING_*` variable is listed in docs/settings.md; a test compares the two.
"""

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.utils.translation import gettext_lazy as _

from elearning.settings import databases, environment
from elearning.settings.letters import API_CALLS as API_CALLS
from elearning.settings.letters import LETTER_ARCHIVE_YEARS as LETTER_ARCHIVE_YEARS
from elearning.settings.letters import LETTER_HOOK_HOSTS as LETTER_HOOK_HOSTS
from elearning.settings.letters import LETTER_HOOK_PRIVATE as LETTER_HOOK_PRIVATE
from elearning.settings.letters import LETTER_IMPORT_MINUTES as LETTER_IMPORT_MINUTES
from elearning.settings.letters import OBJECTION_WORKING_DAYS as OBJECTION_WORKING_DAYS
from elearning.settings.letters import REGISTRY_SEARCHES as REGISTRY_SEARCHES
from elearning.settings.letters import REGISTRY_SECONDS as REGISTRY_SECONDS
from elearning.settings.periods import PERIODIC_JOBS as PERIODIC_JOBS
from elearning.settings.policy import ADMIN_CONTENT_SECURITY_POLICY as ADMIN_CONTENT_SECURITY_POLICY
from elearning.settings.policy import CONTENT_SECURITY_POLICY as CONTENT_SECURITY_POLICY
from elearning.settings.sign_in import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(environment.text("XINXING_VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = environment.flag("XINXING_DEBUG")


def _secret_key() -> str:
    """The key from the environment, else one made once and kept under var/ (embedded default)."""
    given = environment.text("XINXING_SECRET_KEY")
    if given:
        return given
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="utf-8")
    return path.read_text(encoding="utf-8")


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = environment.words("XINXING_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.words("XINXING_TRUSTED_ORIGINS")
SITE_URL = environment.text("XINXING_SITE_URL", "http://localhost:8000").rstrip("/")

INSTALLED_APPS = [
    "elearning",
    "classwork",
    "dashboards",
    "newsletters",
    "courses",
    "exams",
    "pledges",
    "practice",
    "certificates",
    "programmes",
    "cms",
    "organisations",
    "privacy",
    "notifications",
    "accounts",
    "foundation",
    "foundation.jobs",
    "foundation.audit",
    "foundation.ledger",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.weixin",
    "allauth.socialaccount.providers.dingtalk",
    "accounts.backends.wecom",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.apps.PeopleAdminConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "wagtailmedia",
    "modelcluster",
    "taggit",
    "django_tasks",
    "django_htmx",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "elearning.middleware.PolicyMiddleware",
    "elearning.middleware.NullCharacterMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.AddressMiddleware",
    "organisations.middleware.ClassroomMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SessionLimitMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "programmes.middleware.GateMiddleware",
]

ROOT_URLCONF = "elearning.urls"
WSGI_APPLICATION = "elearning.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "cms.context.site_shell",
            ],
        },
    },
]

# ── Database ─────────────────────────────────────────────────────────────────────────────────────────
DATABASE_URL = environment.text("DATABASE_URL")
DATABASES: dict[str, Any] = {
    # Health checks: after a restart of the database the first request finds a dead connection and takes a new one.
    "default": dj_database_url.parse(
        DATABASE_URL or f"sqlite:///{VAR_DIR / 'xinxing.sqlite3'}", conn_max_age=600, conn_health_checks=True
    )
}
DATABASES["default"]["OPTIONS"] = databases.options(
    DATABASES["default"]["ENGINE"], DATABASES["default"].get("OPTIONS", {})
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── Cache, sessions, background work ─────────────────────────────────────────────────────────────────
REDIS_URL = environment.text("REDIS_URL")
CACHES: dict[str, Any] = {
    # Rate limits live in the cache, so it must be shared by all server processes even without Redis.
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cache_entries",
            "OPTIONS": {"MAX_ENTRIES": 100_000},  # three hundred, the default, would throw limits away at random
        }
    ),
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# A session ends after so long without a request, and after so long altogether; never in the middle of an exam.
SESSION_IDLE_SECONDS = environment.integer("XINXING_SESSION_IDLE_SECONDS", 3600)
SESSION_MAX_SECONDS = environment.integer("XINXING_SESSION_MAX_SECONDS", 12 * 3600)
SESSION_COOKIE_AGE = SESSION_MAX_SECONDS
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Shanghai"
# A broker that is down must cost a request nothing: the outbox row is already stored, beat sweeps it up.
CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 0, "interval_start": 0, "socket_connect_timeout": 0.3}
CELERY_BEAT_SCHEDULE = {"sweep the outbox": {"task": "foundation.jobs.drain", "schedule": 5.0}}
TASKS = {"default": {"BACKEND": "foundation.jobs.backends.OutboxBackend"}}
JOBS_KEEP_DAYS = environment.integer("XINXING_JOBS_KEEP_DAYS", 14)
JOBS_LEASE_SECONDS = environment.integer("XINXING_JOBS_LEASE_SECONDS", 120)
JOBS_POLL_SECONDS = environment.integer("XINXING_JOBS_POLL_SECONDS", 1)

# ── Exams ────────────────────────────────────────────────────────────────────────────────────────────
# Answers that were on their way when the time ran out still count for so long.
EXAM_GRACE_SECONDS = environment.integer("XINXING_EXAM_GRACE_SECONDS", 30)

# ── Figures ──────────────────────────────────────────────────────────────────────────────────────────
# Counts of fewer people are hidden in whatever is public (foundation/smallcells.py).
SMALL_CELL = environment.integer("XINXING_SMALL_CELL", 5)
# Reports for leaders go after so many days.
REPORT_KEEP_DAYS = environment.integer("XINXING_REPORT_KEEP_DAYS", 30)

# ── People ───────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
# Of ID numbers only a digest under this key is kept. It never changes, or nobody is found again.
ID_NUMBER_KEY = environment.text("XINXING_ID_KEY") or SECRET_KEY
ROSTER_MAX_ROWS = environment.integer("XINXING_ROSTER_MAX_ROWS", 200_000)
# What an import read is forgotten after so many days; the uploaded file itself (encrypted) goes after one.
ROSTER_KEEP_DAYS = environment.integer("XINXING_ROSTER_KEEP_DAYS", 180)
# Pupils share devices: after so many seconds without a touch the next one finds the door, not somebody's page.
CLASS_IDLE_SECONDS = environment.integer("XINXING_CLASS_IDLE_SECONDS", 300)
# So many days a guardian may change their mind; then what names the child is gone.
CONSENT_GRACE_DAYS = environment.integer("XINXING_CONSENT_GRACE_DAYS", 7)
# Personal data: how many days it is kept; 0 is for ever. `manage.py retention` shows what is due.
EXPORT_KEEP_DAYS = environment.integer("XINXING_EXPORT_KEEP_DAYS", 7)
MESSAGE_KEEP_DAYS = environment.integer("XINXING_MESSAGE_KEEP_DAYS", 365)
LEAVER_KEEP_DAYS = environment.integer("XINXING_LEAVER_KEEP_DAYS", 180)
DEED_FILE_KEEP_DAYS = environment.integer("XINXING_DEED_FILE_KEEP_DAYS", 1095)
CLASS_PACKAGE_KEEP_DAYS = environment.integer("XINXING_CLASS_PACKAGE_KEEP_DAYS", 14)
EXAM_ANSWER_KEEP_DAYS = environment.integer("XINXING_EXAM_ANSWER_KEEP_DAYS", 365)
LETTER_EVIDENCE_KEEP_DAYS = environment.integer("XINXING_LETTER_EVIDENCE_KEEP_DAYS", 1095)
CERTIFICATE_KEEP_DAYS = environment.integer("XINXING_CERTIFICATE_KEEP_DAYS", 1095)
EMAIL_BACKEND = environment.text("XINXING_EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
EMAIL_HOST = environment.text("XINXING_EMAIL_HOST", "localhost")
EMAIL_PORT = environment.integer("XINXING_EMAIL_PORT", 25)
EMAIL_HOST_USER = environment.text("XINXING_EMAIL_USER")
EMAIL_HOST_PASSWORD = environment.text("XINXING_EMAIL_PASSWORD")
EMAIL_USE_TLS = environment.flag("XINXING_EMAIL_TLS")
DEFAULT_FROM_EMAIL = environment.text("XINXING_EMAIL_FROM", "xinxing@localhost")

# ── Copies of messages ───────────────────────────────────────────────────────────────────────────────
# A channel is used when everything that it needs is set.
WECOM_URL = environment.text("XINXING_WECOM_URL", "https://qyapi.weixin.qq.com").rstrip("/")
WECOM_CORP_ID = environment.text("XINXING_WECOM_CORP_ID")
WECOM_SECRET = environment.text("XINXING_WECOM_SECRET")
WECOM_AGENT_ID = environment.integer("XINXING_WECOM_AGENT_ID", 0)
SMS_URL = environment.text("XINXING_SMS_URL", "https://dysmsapi.aliyuncs.com/")
SMS_KEY_ID = environment.text("XINXING_SMS_KEY_ID")
SMS_KEY_SECRET = environment.text("XINXING_SMS_KEY_SECRET")
SMS_SIGN_NAME = environment.text("XINXING_SMS_SIGN_NAME")
SMS_TEMPLATE = environment.text("XINXING_SMS_TEMPLATE")
WEBHOOK_URL = environment.text("XINXING_WEBHOOK_URL")
WEBHOOK_SECRET = environment.text("XINXING_WEBHOOK_SECRET")
# Reminders wait outside these hours, and on days off.
QUIET_HOURS = environment.hours("XINXING_QUIET_HOURS", "20:00-08:30")
HOLIDAYS_PATH = environment.text("XINXING_HOLIDAYS_PATH")

# ── Language and time ────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
# Instants are stored in UTC; days, deadlines and quiet hours are those of China Standard Time.
TIME_ZONE = "Asia/Shanghai"
# Only what a template passes through `intcomma` is grouped: years, codes and what programs read are not.
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = "elearning.formats"

# ── Files ────────────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
# Evidence, stamped scans and anything else with personal data: never below MEDIA_ROOT, never served by address.
PRIVATE_ROOT = VAR_DIR / "private"
# The converted fonts: the same for every site, so that several on one machine may share them.
FONT_DIR = Path(environment.text("XINXING_FONT_DIR", str(VAR_DIR / "fonts")))
# The public log: its files may be served by the web server as they are; its key must not lie with them.
LOG_DIR = VAR_DIR / "log"
LOG_KEY_FILE = environment.text("XINXING_LOG_KEY_PATH", str(VAR_DIR / "keys" / "log.key"))
# The newest signed head, where no backup of database and log is restored to; witnesses and how many are enough.
LOG_MEMORY_FILE = environment.text("XINXING_LOG_MEMORY_PATH", str(VAR_DIR / "keys" / "log.seen"))
LOG_WITNESS_FILE = environment.text("XINXING_LOG_WITNESSES_PATH")
LOG_WITNESS_SECONDS = environment.integer("XINXING_LOG_WITNESS_SECONDS", 2)
LOG_WITNESS_MISSING = environment.word("XINXING_LOG_WITNESS_MISSING", "publish", "wait")
LOG_ML_DSA_KEY_FILE = environment.text("XINXING_LOG_ML_DSA_KEY_PATH")  # further signatures, off without a key
LOG_SM2_KEY_FILE = environment.text("XINXING_LOG_SM2_KEY_PATH")
# Signs public records, seals their PDFs, opens the evidence of signatures. All are made with the first letter.
ISSUER_KEY_FILE = environment.text("XINXING_ISSUER_KEY_PATH", str(VAR_DIR / "keys" / "issuer.key"))
SEAL_KEY_FILE = environment.text("XINXING_SEAL_KEY_PATH", str(VAR_DIR / "keys" / "seal.pem"))
# With a time-stamp service (RFC 3161) PDFs are sealed to PAdES B-LTA; its certificates, as PEM, say whom to believe.
TSA_URL = environment.text("XINXING_TSA_URL", "")
TSA_CERTIFICATES_FILE = environment.text("XINXING_TSA_CERTIFICATES_PATH", "")
EVIDENCE_KEY_FILE = environment.text("XINXING_EVIDENCE_KEY_PATH", str(VAR_DIR / "keys" / "evidence.key"))
LOG_ORIGIN = environment.text("XINXING_LOG_ORIGIN", "") or f"{urlsplit(SITE_URL).hostname}/log"  # whatever the port
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {"BACKEND": "foundation.storage.PrivateStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = not DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = environment.integer("XINXING_MAX_BODY_BYTES", 2_621_440)
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
UPLOAD_MAX_BYTES = environment.integer("XINXING_MAX_UPLOAD_BYTES", 20 * 1024 * 1024)
# Videos uploaded in pieces, for which the limit above would be too small.
MEDIA_MAX_BYTES = environment.integer("XINXING_MAX_MEDIA_BYTES", 2 * 1024 * 1024 * 1024)

# ── Security ─────────────────────────────────────────────────────────────────────────────────────────
HTTPS = environment.flag("XINXING_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
# Cookies with this prefix cannot be set by another host of the domain, nor over plain HTTP.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
DEVICE_COOKIE_NAME = f"{COOKIE_PREFIX}devices"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "elearning.shell.csrf_failure"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"

# ── Wagtail ──────────────────────────────────────────────────────────────────────────────────────────
WAGTAIL_SITE_NAME = "信行"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_LOGIN_URL = "/admin/login/"  # ours: elearning/urls.py
# Passwords are changed in one place only, where rate limits and the audit log are: allauth's.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
# Milliseconds after a change until the editor saves a page by itself. Wagtail's half second often meets the very moment
# in which somebody presses "submit" on a new page, which then is made twice and refused with an error.
WAGTAIL_AUTOSAVE_INTERVAL = 3000
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_I18N_ENABLED = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "cms.search"}}
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "pdf", "pptx", "txt", "vtt", "xlsx", "zip"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = UPLOAD_MAX_BYTES
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = UPLOAD_MAX_BYTES
WAGTAILEMBEDS_FINDERS: list[dict[str, Any]] = []
TAGGIT_CASE_INSENSITIVE = True

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Wagtail tells of every page it saves; who did what stands in the audit log.
    "loggers": {name: {"level": "WARNING"} for name in ("wagtail", "weasyprint", "fontTools")},
    "root": {"handlers": ["console"], "level": environment.text("XINXING_LOG_LEVEL", "INFO")},
}

SILENCED_SYSTEM_CHECKS: list[str] = []
SITE_NAME = _("Xinxing")

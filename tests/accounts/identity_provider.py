"""A city's identity provider: allauth's own OpenID Connect provider as a process of its own, with one person.

`python -m tests.accounts.identity_provider PORT DATABASE CALLBACK` serves until it is ended.
"""

import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

CLIENT, SECRET, PASSWORD = "xinxing", "a secret of the client", "correct horse"
APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.idp.oidc",
]


def _configure(database: str) -> None:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  # a process of its own
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    settings.configure(
        SECRET_KEY="only for a test",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=APPS,
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
            }
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
        AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        ACCOUNT_EMAIL_VERIFICATION="none",
        IDP_OIDC_PRIVATE_KEY=key.private_bytes(serialization.Encoding.PEM, *plain).decode(),
        IDP_OIDC_ADAPTER=f"{__name__}.Claims",
        USE_TZ=True,
    )


def _people(callback: str) -> None:
    from allauth.account.models import EmailAddress  # noqa: PLC0415
    from allauth.idp.oidc.models import Client  # noqa: PLC0415
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415
    from django.contrib.auth.models import User  # noqa: PLC0415

    for name, number, is_sure in (("lin", "32058300001", True), ("he", "", True), ("guess", "", False)):
        user = User.objects.create_user(name, f"{name}@example.org", PASSWORD, first_name=number)
        EmailAddress.objects.create(user=user, email=user.email, verified=is_sure, primary=True)
    Client.objects.create(
        id=CLIENT, name="信行", secret=make_password(SECRET), scopes="openid\nprofile\nemail", redirect_uris=callback,
        skip_consent=True,
    )  # fmt: skip


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Nothing."""


def main(port: str, database: str, callback: str) -> None:
    """Serve until the process is ended."""
    sys.modules["tests.accounts.identity_provider"] = sys.modules[__name__]
    _configure(database)
    import django  # noqa: PLC0415

    django.setup()
    from allauth.idp.oidc.adapter import DefaultOIDCAdapter  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415
    from django.urls import include, path  # noqa: PLC0415

    class Claims(DefaultOIDCAdapter):
        """With the number that the city knows people by."""

        def get_claims(self, purpose, user, client, scopes, **kwargs):
            """As usual, and `employee_number`."""
            found = super().get_claims(purpose, user, client, scopes, **kwargs)
            return {**found, **({"employee_number": user.first_name} if user.first_name else {})}

    globals().update(
        Claims=Claims,
        urlpatterns=[path("accounts/", include("allauth.account.urls")), path("", include("allauth.idp.urls"))],
    )
    call_command("migrate", verbosity=0)
    _people(callback)
    with make_server("127.0.0.1", int(port), get_wsgi_application(), _Server, _Quiet) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])

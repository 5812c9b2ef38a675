"""Signing in: passwords, locks, second factors, and the identity providers of others."""

from typing import Any
from urllib.parse import urlsplit

from elearning.settings import environment

AUTHENTICATION_BACKENDS = ["accounts.backends.identifier.IdentifierBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email", "employee_number", "phone")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.HabitValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "programmes:my-learning"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
# Several hundred people sit behind one address, so the limits by address are wide. Guessing is stopped by the account:
# after so many wrong passwords in a row it is locked for so long, and longer each further time.
LOCK_AFTER = environment.integer("XINXING_LOCK_AFTER", 8)
LOCK_SECONDS = environment.integer("XINXING_LOCK_SECONDS", 300)
ACCOUNT_RATE_LIMITS = {
    "login": "3000/m/ip",
    "guesses": "600/m/ip",  # wrong passwords on devices that do not know the person
    "login_failed": "8/300s/key",  # codes of a second factor
    "reset_password": "20/m/ip,5/m/key",
    "file_objection": "10/h/ip",  # objections to published letters
    "check_file": "30/m/ip",  # checking a letter's file on our server
    "check_state": "120/m/ip",  # asking what became of a letter whose file is checked in the browser
    "check_certificate": "60/m/ip",  # looking a certificate up by its number
    "scim": "600/m/key",  # requests of a personnel system
}
# A second factor: a passkey, codes from an app, recovery codes.
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_FORMS = {
    "add_webauthn": "accounts.forms.passkeys.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.passkeys.RenamePasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # clocks of phones are half a minute off
MFA_RATE_LIMITS = {"webauthn_login": "600/m/ip"}  # a passkey cannot be guessed; hundreds share an address
# Whoever may enter /admin/ shows a second factor first. On where the site is served over HTTPS, as real ones are.
STAFF_SECOND_FACTOR = environment.flag("XINXING_STAFF_SECOND_FACTOR", environment.flag("XINXING_HTTPS"))
ALLAUTH_TRUSTED_PROXY_COUNT = environment.integer("XINXING_TRUSTED_PROXY_COUNT", 0)

# ── Identity providers ───────────────────────────────────────────────────────────────────────────────
# Each is offered on the sign-in page when everything that it needs is set. Who comes from one has an account here.
SOCIALACCOUNT_ADAPTER = "accounts.adapters.ProviderAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
OIDC_NUMBER_CLAIM = environment.text("XINXING_OIDC_NUMBER_CLAIM", "employee_number")
OIDC_SIGN_UP = environment.flag("XINXING_OIDC_SIGN_UP")
# Where the forms on the sign-in page may lead: a browser that keeps the policy looks at redirects, too.
SIGN_IN_ORIGINS: list[str] = []


def _offer(provider: str, name: str, client_id: str, secret: str, *origins: str, **more: Any) -> None:
    """Put a provider on the sign-in page if both halves of its key are set."""
    if client_id and secret:
        app = {"provider_id": provider, "name": name, "client_id": client_id, "secret": secret, **more}
        SOCIALACCOUNT_PROVIDERS[provider] = {"APPS": [app], "OAUTH_PKCE_ENABLED": provider == "openid_connect"}
        SIGN_IN_ORIGINS.extend(origins)


_OIDC_URL = environment.text("XINXING_OIDC_URL").rstrip("/")
if _OIDC_URL:
    _offer(
        "openid_connect",
        environment.text("XINXING_OIDC_NAME", "统一身份认证"),
        environment.text("XINXING_OIDC_CLIENT_ID"),
        environment.text("XINXING_OIDC_CLIENT_SECRET"),
        f"{urlsplit(_OIDC_URL).scheme}://{urlsplit(_OIDC_URL).netloc}",
        settings={"server_url": _OIDC_URL},
    )
_offer(
    "weixin",
    "微信",
    environment.text("XINXING_WEIXIN_APP_ID"),
    environment.text("XINXING_WEIXIN_APP_SECRET"),
    "https://open.weixin.qq.com",
)
_offer(
    "dingtalk",
    "钉钉",
    environment.text("XINXING_DINGTALK_APP_KEY"),
    environment.text("XINXING_DINGTALK_APP_SECRET"),
    "https://login.dingtalk.com",
)
if environment.flag("XINXING_WECOM_SIGN_IN"):  # corporation, secret and application as for messages
    _offer(
        "wecom",
        "企业微信",
        environment.text("XINXING_WECOM_CORP_ID"),
        environment.text("XINXING_WECOM_SECRET"),
        "https://login.work.weixin.qq.com",
        key=environment.text("XINXING_WECOM_AGENT_ID"),
    )

"""The site's addresses: zh-hans without prefix, English under /en/."""

from allauth.account.views import logout
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.documents import urls as wagtaildocs_urls

from accounts.admin import OwnAccountView
from accounts.views import RemovePasskeyView, SecurityView, admin_door
from elearning import shell
from elearning.media import media
from organisations.urls import doors as door_urls
from organisations.urls import rosters as roster_urls
from organisations.urls import scim as scim_urls
from pledges.urls import api_patterns
from pledges.views import issuer_document, seal_chain, seal_list

urlpatterns = [
    # One way in and one way out, where rate limits and the audit log are: Wagtail's own are shadowed.
    path("admin/login/", admin_door),
    path("admin/logout/", logout),
    path("admin/account/", require_admin_access(OwnAccountView.as_view())),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("preferences/", shell.preferences, name="preferences"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("log/", include("foundation.ledger.urls")),
    path(".well-known/did.json", issuer_document),
    path("api/v1/", include(api_patterns)),
    path(".well-known/seal-chain.pem", seal_chain, name="seal-chain"),
    path(".well-known/seal.crl", seal_list, name="seal-list"),
    path("scim/v2/", include(scim_urls)),
    path(f"{settings.MEDIA_URL.strip('/')}/<path:path>", media, name="media"),
    *i18n_patterns(
        # Coordinators keep the roster, addresses included: people do not add their own.
        path("accounts/email/", shell.closed),
        path("accounts/", include("allauth.account.urls")),
        path("accounts/identities/", include("allauth.socialaccount.urls")),
        path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
        path("accounts/", include("allauth.socialaccount.providers.weixin.urls")),
        path("accounts/", include("allauth.socialaccount.providers.dingtalk.urls")),
        path("accounts/", include("accounts.backends.wecom.urls")),
        path("accounts/second-factor/", SecurityView.as_view()),
        path("accounts/second-factor/webauthn/keys/<int:pk>/remove/", RemovePasskeyView.as_view()),
        path("accounts/second-factor/", include("allauth.mfa.urls")),
        path("my/data/", include("privacy.urls")),
        path("", include("programmes.urls")),
        path("", include("dashboards.urls")),
        path("inbox/", include("notifications.urls")),
        path("organisations/", include("organisations.urls")),
        path("class/", include((door_urls, "class"))),
        path("classwork/", include("classwork.urls")),
        path("rosters/", include((roster_urls, "rosters"))),
        path("learn/", include("courses.urls")),
        path("exams/", include("exams.urls")),
        path("practice/", include("practice.urls")),
        path("", include("certificates.urls")),
        path("", include("pledges.urls")),
        path("", include("cms.urls")),
        # Wagtail's own door for private pages knows no rate limit and no audit log.
        path("_util/login/", admin_door),
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]

handler400 = "elearning.shell.bad_request"
handler403 = "elearning.shell.permission_denied"
handler404 = "elearning.shell.page_not_found"
handler500 = "elearning.shell.server_error"

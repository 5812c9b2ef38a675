"""`/accounts/wecom/login/` and `/accounts/wecom/login/callback/`."""

from allauth.socialaccount.providers.oauth2.urls import default_urlpatterns

from accounts.backends.wecom.provider import WeComProvider

urlpatterns = default_urlpatterns(WeComProvider)

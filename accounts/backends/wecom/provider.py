"""企业微信 as allauth knows providers."""

from typing import Any

from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider

from accounts.backends.wecom.views import WeComAdapter


class WeComProvider(OAuth2Provider):
    """Members of one corporation; their account there is their employee number."""

    id = "wecom"
    name = "企业微信"
    account_class = ProviderAccount
    oauth2_adapter_class = WeComAdapter

    def extract_uid(self, data: dict[str, Any]) -> str:
        """The account within the corporation."""
        return str(data["userid"])

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Nothing that we would take over."""
        return {"username": data["userid"]}

    def get_default_scope(self) -> list[str]:
        """The web sign-in knows none."""
        return []


provider_classes = [WeComProvider]

"""The web sign-in of 企业微信: a page with a QR code, a code, and whose it is.

As documented by its maker: `wwlogin/sso/login` (构造登录链接), `cgi-bin/gettoken`, `cgi-bin/auth/getuserinfo`. Unlike
OAuth 2 the token belongs to the application, and the code is given to the last call.
"""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.http import HttpRequest
from django.utils.http import urlencode

LOGIN_PAGE = "https://login.work.weixin.qq.com/wwlogin/sso/login"


class WeComClient(OAuth2Client):
    """Words and order of calls as 企业微信 has them."""

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: dict[str, Any]) -> str:
        """The page with the QR code."""
        app = get_adapter().get_app(self.request, "wecom")
        terms = {
            "login_type": "CorpApp",
            "appid": self.consumer_key,
            "agentid": app.key,
            "redirect_uri": self.callback_url,
            "state": self.state,
        }
        return f"{authorization_url}?{urlencode(terms)}"

    def get_access_token(self, code: str, pkce_code_verifier: str | None = None) -> dict[str, Any]:
        """The application's token; whose `code` it is comes next. Raises OAuth2Error."""
        asked = {"corpid": self.consumer_key, "corpsecret": self.consumer_secret}
        return {**call(f"{settings.WECOM_URL}/cgi-bin/gettoken", asked), "code": code}


def call(url: str, asked: dict[str, str]) -> dict[str, Any]:
    """One call of the API. Raises OAuth2Error if it is refused: 企业微信 answers 200 then, too."""
    with get_adapter().get_requests_session() as session:
        response = session.get(url, params=asked)
        response.raise_for_status()
        said: dict[str, Any] = response.json()
    if said.get("errcode"):
        raise OAuth2Error(f"企业微信: {said.get('errcode')} {said.get('errmsg')}")
    return said


class WeComAdapter(OAuth2Adapter):
    """Where the calls go."""

    provider_id = "wecom"
    client_class = WeComClient
    authorize_url = LOGIN_PAGE
    access_token_url = ""  # see WeComClient

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Ask whose code it is. Raises OAuth2Error for somebody who is no member of the corporation."""
        asked = {"access_token": token.token, "code": kwargs["response"]["code"]}
        said = call(f"{settings.WECOM_URL}/cgi-bin/auth/getuserinfo", asked)
        if not said.get("userid"):
            raise OAuth2Error("企业微信: not a member")
        return self.get_provider().sociallogin_from_response(request, {"userid": said["userid"]})


oauth2_login = OAuth2LoginView.adapter_view(WeComAdapter)
oauth2_callback = OAuth2CallbackView.adapter_view(WeComAdapter)

"""Sign in with 微信, 企业微信 and 钉钉: real HTTP to a server here that answers as each of them documents."""

import json
import os
import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter
from django.core.cache import cache

from foundation.audit.models import Entry
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse"


def answer_of(path, asked, body, headers):
    """What the maker's documentation says for this call; everything but the right keys is refused."""
    wecom_right = asked.get("corpid") == "corp" and asked.get("corpsecret") == "secret"
    weixin_right = (asked.get("appid"), asked.get("secret"), asked.get("code")) == ("app", "secret", "code")
    ding_right = (body.get("clientId"), body.get("clientSecret"), body.get("code")) == ("app", "secret", "code")
    if path == "/cgi-bin/gettoken":
        right = {"errcode": 0, "errmsg": "ok", "access_token": "token", "expires_in": 7200}
        return right if wecom_right else {"errcode": 40001, "errmsg": "invalid credential"}
    if path == "/cgi-bin/auth/getuserinfo" and asked.get("access_token") == "token":
        if asked["code"] == "guest":
            return {"errcode": 0, "errmsg": "ok", "openid": "a visitor's"}
        return {"errcode": 0, "errmsg": "ok", "userid": "32058300001"}
    if path == "/sns/oauth2/access_token":
        right = {"access_token": "token", "expires_in": 7200, "refresh_token": "r", "openid": "o-1"}
        return right if weixin_right else {"errcode": 40029, "errmsg": "invalid code"}
    if path == "/sns/userinfo" and asked.get("access_token") == "token":
        return {"openid": asked["openid"], "nickname": "Lin", "headimgurl": "", "unionid": "u-1"}
    if path == "/v1.0/oauth2/userAccessToken":
        right = {"accessToken": "token", "refreshToken": "r", "expireIn": 7200, "corpId": "corp"}
        return right if ding_right else {"code": "invalidParameter"}
    if path == "/v1.0/contact/users/me" and headers.get("x-acs-dingtalk-access-token") == "token":
        return {"nick": "林", "unionId": "u-1", "openId": "o-1", "mobile": "13812345678", "stateCode": "86"}
    return {"errcode": -1, "errmsg": "no such call"}


class Handler(BaseHTTPRequestHandler):
    """The three of them."""

    def do_GET(self):
        self.do_POST()

    def do_POST(self):
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        length = int(self.headers.get("Content-Length") or 0)
        text = self.rfile.read(length).decode()
        is_json = "json" in self.headers.get("Content-Type", "")
        asked |= {} if is_json else {name: values[0] for name, values in parse_qs(text).items()}
        said = json.dumps(answer_of(address.path, asked, json.loads(text) if is_json else {}, self.headers)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args):
        """Nothing."""


@pytest.fixture(autouse=True)
def _makers(settings, monkeypatch):
    cache.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_address[1]}"
    settings.WECOM_URL = here
    monkeypatch.setattr(WeixinOAuth2Adapter, "access_token_url", f"{here}/sns/oauth2/access_token")
    monkeypatch.setattr(WeixinOAuth2Adapter, "profile_url", f"{here}/sns/userinfo")
    monkeypatch.setattr(DingTalkOAuth2Adapter, "access_token_url", f"{here}/v1.0/oauth2/userAccessToken")
    monkeypatch.setattr(DingTalkOAuth2Adapter, "profile_url", f"{here}/v1.0/contact/users/me")
    settings.SOCIALACCOUNT_PROVIDERS = {
        name: {"APPS": [{"provider_id": name, "name": word, "client_id": key, "secret": "secret", "key": "1000002"}]}
        for name, word, key in (("weixin", "微信", "app"), ("dingtalk", "钉钉", "app"), ("wecom", "企业微信", "corp"))
    }
    yield
    server.shutdown()
    server.server_close()


def go(client, provider, code="code", process="login"):
    """There and back; 钉钉 calls the code authCode."""
    away = client.post(f"/accounts/{provider}/login/?process={process}")["Location"]
    state = re.search(r"state=([^&]+)", away)[1]
    word = "authCode" if provider == "dingtalk" else "code"
    return away, client.get(f"/accounts/{provider}/login/callback/?{word}={code}&state={state}")


@pytest.mark.parametrize(
    ("provider", "address", "terms"),
    [
        ("weixin", "https://open.weixin.qq.com/connect/qrconnect", {"appid": "app", "scope": "snsapi_login"}),
        ("dingtalk", "https://login.dingtalk.com/oauth2/auth", {"client_id": "app", "response_type": "code"}),
        ("wecom", "https://login.work.weixin.qq.com/wwlogin/sso/login",
         {"appid": "corp", "agentid": "1000002", "login_type": "CorpApp"}),
    ],
)  # fmt: skip
def test_one_is_sent_to_the_page_that_the_maker_documents(client, provider, address, terms):
    away, _answer = go(client, provider)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(away).query).items()}
    assert away.split("?")[0] == address
    assert {name: asked[name] for name in terms} == terms
    assert asked["redirect_uri"] == f"http://testserver/accounts/{provider}/login/callback/"


def test_a_member_of_the_corporation_is_found_by_employee_number(client):
    person = UserFactory(employee_number="32058300001")
    go(client, "wecom")
    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.parametrize("code", ["guest"])
def test_a_visitor_of_the_corporation_is_nobody(client, code):
    UserFactory(employee_number="32058300001")
    assert go(client, "wecom", code)[1].status_code == 401
    assert "_auth_user_id" not in client.session


def test_a_wrong_secret_lets_nobody_in(client, settings):
    UserFactory(employee_number="32058300001")
    settings.SOCIALACCOUNT_PROVIDERS["wecom"]["APPS"][0]["secret"] = "wrong"
    assert go(client, "wecom")[1].status_code == 401
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("provider", ["weixin", "dingtalk"])
def test_a_private_account_signs_in_once_its_owner_has_connected_it(client, provider):
    person = UserFactory(username="lin", phone="13812345678")
    assert go(client, provider)[1]["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session
    client.post("/accounts/login/", {"login": "lin", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    go(client, provider, process="connect")
    account = SocialAccount.objects.get(user=person)
    assert (account.provider, account.uid) == (provider, "o-1")
    page = client.get("/accounts/identities/").content.decode()
    assert "取消关联" in page
    client.post("/accounts/logout/")
    go(client, provider)
    assert client.session["_auth_user_id"] == str(person.pk)
    client.post("/accounts/identities/", {"account": account.pk})
    assert SocialAccount.objects.count() == 0
    assert Entry.objects.filter(action="accounts.disconnect_identity").count() == 1


def test_somebody_elses_connection_cannot_be_taken_or_ended(client):
    owner = UserFactory(username="owner")
    account = SocialAccount.objects.create(user=owner, provider="weixin", uid="o-1")
    UserFactory(username="lin")
    client.post("/accounts/login/", {"login": "lin", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    go(client, "weixin", process="connect")
    client.post("/accounts/identities/", {"account": account.pk})
    assert list(SocialAccount.objects.values_list("user__username", "uid")) == [("owner", "o-1")]


def test_the_policy_lets_the_forms_lead_there(tmp_path):
    said = subprocess.run(
        [sys.executable, "-c", "from elearning.settings import base as b;"
         " print(*b.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'], *b.SOCIALACCOUNT_PROVIDERS)"],
        env={**os.environ, "XINXING_VAR_DIR": str(tmp_path), "XINXING_OIDC_URL": "https://id.example.org/realms/city",
             "XINXING_OIDC_CLIENT_ID": "x", "XINXING_OIDC_CLIENT_SECRET": "y", "XINXING_WECOM_SIGN_IN": "1",
             "XINXING_WECOM_CORP_ID": "c", "XINXING_WECOM_SECRET": "s", "XINXING_WEIXIN_APP_ID": "half"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.split() == [
        *("'self'", "https://id.example.org", "https://login.work.weixin.qq.com", "openid_connect", "wecom"),
    ]

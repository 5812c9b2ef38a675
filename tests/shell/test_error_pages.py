"""Error pages in the design, each with its status and a way on."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import path

from elearning.shell import csrf_failure, server_error
from elearning.urls import handler400, handler403, handler404, handler500, urlpatterns

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


def _raising(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return view


class Broken:
    """The site's addresses and some that fail."""

    handler400, handler403, handler404, handler500 = handler400, handler403, handler404, handler500
    urlpatterns = [
        path("broken/400/", _raising(BadRequest("no"))),
        path("broken/403/", _raising(PermissionDenied("no"))),
        path("broken/500/", _raising(RuntimeError("no"))),
        *urlpatterns,
    ]


@pytest.fixture
def broken_site(settings: Any) -> None:
    settings.ROOT_URLCONF = Broken


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/broken/400/", 400, "提交的内容"),
        ("/broken/403/", 403, "你的账号"),
        ("/broken/404/", 404, "这个地址没有内容"),
        ("/broken/500/", 500, "我们这边"),
    ],
)
@pytest.mark.usefixtures("broken_site")
def test_an_error_has_its_status_its_words_and_a_way_on(address: str, status: int, words: str) -> None:
    response = Client(raise_request_exception=False).get(address)
    html = response.content.decode()
    assert response.status_code == status
    assert words in html.replace("<wbr>", "")
    assert html.count("<h1>") == 1
    assert '<a class="btn btn--go" href="/">' in html


def test_the_page_for_a_failed_server_asks_no_database_and_keeps_the_theme() -> None:
    request = RequestFactory().get("/anything/")
    request.COOKIES["theme"] = "dark"
    with CaptureQueriesContext(connection) as queries:
        response = server_error(request)
    assert (response.status_code, len(queries)) == (500, 0)
    assert 'data-theme="dark"' in response.content.decode()


def test_a_form_without_its_token_says_what_to_do() -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/accounts/login/", {"login": "x", "password": "y"})
    assert response.status_code == 403
    assert "表单没有提交" in response.content.decode().replace("<wbr>", "")


def test_the_reason_of_a_refused_form_is_not_shown() -> None:
    request = RequestFactory().post("/x/")
    assert "SECRET REASON" not in csrf_failure(request, reason="SECRET REASON").content.decode()


def test_a_body_over_the_limit_is_told_to_be_too_large(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    client = Client(raise_request_exception=False)
    response = client.post("/accounts/login/", {"login": "x" * 200, "password": "y"}, content_type=FORM)
    assert (response.status_code, "413" in response.content.decode()) == (413, True)
    answer = client.post("/accounts/login/", "x" * 200, content_type=FORM, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()) == (413, {"error": "too-large"})


@pytest.mark.parametrize(("address", "status"), [("/l/%00", 404), ("/%00/", 404), ("/?q=%00", 400)])
def test_an_address_with_a_null_character_leads_nowhere_on_any_database(address: str, status: int) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert Client(raise_request_exception=False).get(address).status_code == status
    assert not [query for query in queries if "pledges_letter" in query["sql"] or "\0" in query["sql"]]

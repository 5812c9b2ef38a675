"""Uploaded files: whole or in part, with the right type, and nothing outside the folder."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db  # the page of a 404 asks the database


@pytest.fixture
def film():
    folder = Path(settings.MEDIA_ROOT) / "media"
    folder.mkdir(parents=True)
    (folder / "film.mp4").write_bytes(bytes(range(100)))
    return "/media/media/film.mp4"


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def get(url, **headers):
    return Client().get(url, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_file_comes_whole_with_its_type(film):
    response = get(film)
    assert (response.status_code, response["Content-Type"], response["Content-Length"]) == (200, "video/mp4", "100")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "Content-Disposition" not in response
    assert body(response) == bytes(range(100))


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-9", 0, 9), ("bytes=90-", 90, 99), ("bytes=-5", 95, 99), ("bytes=95-500", 95, 99), ("bytes=-500", 0, 99)],
)
def test_a_part_comes_as_asked(film, asked, start, end):
    response = get(film, Range=asked)
    whole = (start, end) == (0, 99)
    assert response.status_code == (200 if whole else 206)
    assert body(response) == bytes(range(start, end + 1))
    assert response["Content-Length"] == str(end - start + 1)
    assert response.get("Content-Range") == (None if whole else f"bytes {start}-{end}/100")


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=-0"])
def test_a_part_that_does_not_exist_is_refused(film, asked):
    response = get(film, Range=asked)
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */100")


@pytest.mark.parametrize("asked", ["bytes=9-3", "bytes=0-1,5-6", "lines=0-9", "bytes=x-y", "bytes=-"])
def test_an_odd_range_is_ignored(film, asked):
    assert get(film, Range=asked).status_code == 200


def test_an_unchanged_file_is_not_sent_again_and_an_old_copy_is_not_patched(film):
    etag = get(film)["ETag"]
    assert get(film, If_None_Match=etag).status_code == 304
    assert get(film, Range="bytes=0-9", If_Range=etag).status_code == 206
    assert get(film, Range="bytes=0-9", If_Range='"older"').status_code == 200


def test_captions_are_text_and_a_page_is_never_run(film):
    folder = Path(settings.MEDIA_ROOT)
    (folder / "a.vtt").write_text("WEBVTT")
    assert get("/media/a.vtt")["Content-Type"] == "text/vtt; charset=utf-8"
    for name in ("a.html", "a.svg", "a.pdf", "a.unknown"):
        (folder / name).write_text("<script>alert(1)</script>")
        response = get(f"/media/{name}")
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert response["Content-Disposition"] == "attachment"


@pytest.mark.parametrize(
    "path", ["../secret_key", "%2e%2e/secret_key", "..%2fsecret_key", "/etc/passwd", "media", "none.mp4", "a%00b"]
)
def test_nothing_outside_the_folder_and_no_folder_is_served(film, path):
    (Path(settings.MEDIA_ROOT).parent / "secret_key").write_text("key")
    assert get(f"/media/{path}").status_code == 404


def test_one_cannot_write(film):
    assert Client().post(film).status_code == 405


@pytest.mark.parametrize("address", ["/media/documents/list.pdf", "/media/media/../documents/list.pdf"])
def test_a_document_is_only_had_where_the_privacy_of_its_collection_is_checked(address):
    folder = Path(settings.MEDIA_ROOT) / "documents"
    folder.mkdir(parents=True)
    (folder / "list.pdf").write_bytes(b"%PDF-1.4")
    (folder / "film.vtt").write_text("WEBVTT", encoding="utf-8")
    assert get(address).status_code == 404
    assert get("/media/documents/film.vtt").status_code == 200

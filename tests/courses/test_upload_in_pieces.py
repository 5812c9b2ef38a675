"""A long video arrives in pieces, may stop and go on, and is checked before it is kept."""

import hashlib
import json

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from wagtailmedia.models import Media

from courses import actions
from courses.models import MediaUpload
from courses.queries.uploads import piece_path
from foundation.jobs.models import Job
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
MVHD = b"\0" * 12 + (1000).to_bytes(4, "big") + (8500).to_bytes(4, "big") + b"\0" * 80
FILM = (
    b"\0\0\0\x10ftypisom\0\0\0\0"
    + (16 + len(MVHD)).to_bytes(4, "big")
    + b"moov"
    + (8 + len(MVHD)).to_bytes(4, "big")
    + b"mvhd"
    + MVHD
)


@pytest.fixture
def author():
    user = UserFactory()
    for codename in ("access_admin", "add_media"):
        user.user_permissions.add(Permission.objects.get(codename=codename))
    return user


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def start(client, size=None, name="film.mp4"):
    size = len(FILM) if size is None else size
    body = json.dumps({"name": name, "title": "短片", "size": size})
    return client.post(reverse("course-upload-start"), body, content_type="application/json")


def put(client, url, offset, data, digest=None):
    return client.put(
        url,
        data,
        content_type="application/octet-stream",
        headers={
            "Accept": "application/json",
            "X-Offset": str(offset),
            "X-Sha256": digest or hashlib.sha256(data).hexdigest(),
        },
    )


def finish(client, url):
    return client.post(f"{url}finish/", "{}", content_type="application/json")


def test_two_pieces_become_a_video_with_its_length(author, django_capture_on_commit_callbacks):
    client = signed_in(author)
    url = start(client).json()["url"]
    assert put(client, url, 0, FILM[:20]).json() == {"received": 20}
    assert client.get(url).json() == {"received": 20}
    early = finish(client, url)
    assert (early.status_code, early.json()["received"]) == (409, 20)
    put(client, url, 20, FILM[20:])
    path = piece_path(MediaUpload.objects.get())
    with django_capture_on_commit_callbacks(execute=True):
        assert finish(client, url).status_code == 201
    media = Media.objects.get()
    assert (media.title, media.type, media.duration, media.file.read()) == ("短片", "video", 8.5, FILM)
    assert MediaUpload.objects.count() == 0
    assert not path.exists()


def test_a_piece_sent_twice_or_out_of_order_changes_nothing(author):
    client = signed_in(author)
    url = start(client).json()["url"]
    put(client, url, 0, FILM[:20])
    for offset in (0, 30):
        response = put(client, url, offset, FILM[:20])
        assert (response.status_code, response.json()["received"]) == (409, 20)


def test_a_damaged_too_long_or_odd_piece_is_refused(author):
    client = signed_in(author)
    url = start(client).json()["url"]
    assert put(client, url, 0, FILM[:20], digest="0" * 64).status_code == 400
    assert put(client, url, 0, FILM + b"more").status_code == 413
    assert put(client, url, "x", FILM[:20]).status_code == 400
    assert client.get(url).json() == {"received": 0}


def test_size_and_permission_are_checked_before_anything_is_stored(author, settings):
    settings.MEDIA_MAX_BYTES = 10
    assert start(signed_in(author), size=11).status_code == 413
    stranger = UserFactory()
    stranger.user_permissions.add(Permission.objects.get(codename="access_admin"))
    assert start(signed_in(stranger), size=5).status_code == 403
    assert start(signed_in(author), size="x").status_code == 400
    assert MediaUpload.objects.count() == 0


def test_a_file_that_is_no_video_is_refused_at_the_end(author):
    client = signed_in(author)
    page = b"<html>" * 10
    url = start(client, size=len(page), name="film.mp4").json()["url"]
    put(client, url, 0, page)
    assert finish(client, url).status_code == 415
    assert Media.objects.count() == 0


def test_somebody_elses_upload_is_not_found(author):
    url = start(signed_in(author)).json()["url"]
    other = UserFactory(is_superuser=True, is_staff=True)
    assert put(signed_in(other), url, 0, FILM[:20]).status_code == 404


def test_leftovers_are_swept(author, django_capture_on_commit_callbacks):
    client = signed_in(author)
    put(client, start(client).json()["url"], 0, FILM[:20])
    job = Job.objects.get(kind=actions.SWEEP_JOB)
    path = piece_path(MediaUpload.objects.get())
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        actions.sweep_upload(upload_id=job.payload["upload"], file_name=job.payload["file"])
    assert (MediaUpload.objects.count(), path.exists()) == (0, False)


def test_the_database_refuses_more_bytes_than_the_file_has(author):
    start(signed_in(author))
    with pytest.raises(DatabaseError), transaction.atomic():
        MediaUpload.objects.update(received=len(FILM) + 1)


def test_the_page_is_for_those_who_may_add_media(author):
    assert signed_in(author).get(reverse("course-upload")).status_code == 200


def test_a_size_without_end_is_not_understood(author):
    body = '{"name": "film.mp4", "size": 1e999}'
    response = signed_in(author).post(reverse("course-upload-start"), body, content_type="application/json")
    assert (response.status_code, response.json()["error"]) == (400, "bad-request")

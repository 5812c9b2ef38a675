"""The package of a class: asked for, put together in the background, put away after some days."""

import tempfile
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone, translation

from accounts.models import User
from classwork import exports, queries
from classwork.models import Package, PackageState
from foundation.audit.actions import record
from foundation.jobs.actions import enqueue
from organisations.models import Organisation

PACKAGE_JOB = "classwork.write_package"


class AlreadyAsked(ValueError):
    """It is being put together already."""


class NothingToTake(ValueError):
    """No course and no drill is asked of this class."""


@transaction.atomic
def ask_package(*, by: User, school_class: Organisation, at: datetime | None = None) -> Package:
    """Have the package of a class put together anew. The caller has checked that `by` leads the class.

    Raises NothingToTake, or AlreadyAsked while the one before is under way.
    """
    if not queries.modules_of(school_class):
        raise NothingToTake(school_class.pk)
    Organisation.objects.select_for_update(no_key=True).get(pk=school_class.pk)
    before = Package.objects.filter(organisation=school_class).first()
    if before is not None and before.is_under_way:
        raise AlreadyAsked(school_class.pk)
    if before is not None:
        _put_away([before])
    package = Package.objects.create(organisation=school_class, asked_by=by, asked_at=at or timezone.now())
    enqueue(kind=PACKAGE_JOB, payload={"mark": package.mark}, key=f"{PACKAGE_JOB}:{package.mark}")
    record(action="classwork.ask_package", actor=by, target=f"organisations.Organisation:{school_class.pk}")
    return package


def write_package(*, mark: str) -> tuple[str, int] | None:
    """Write the zip and keep it; returns its path and size, None if nobody waits for it any more. Outside any
    transaction. Done twice it is written twice, under the same name."""
    package = Package.objects.select_related("organisation").filter(mark=mark).first()
    if package is None or package.state == PackageState.DONE:
        return None
    try:
        return _written(package)
    except Exception:
        Package.objects.filter(mark=mark).update(state=PackageState.FAILED)
        raise


def _written(package: Package) -> tuple[str, int]:
    mine = Package.objects.filter(pk=package.pk, mark=package.mark)

    def say(done: int, parts: int) -> None:
        mine.update(state=PackageState.WORKING, done_parts=done, parts=max(parts, 1))

    name, storage = f"packages/{package.mark}.zip", storages["private"]
    with tempfile.TemporaryFile() as target, translation.override(settings.LANGUAGE_CODE):
        modules = queries.modules_of(package.organisation)
        exports.write_package(target, package.organisation, modules, say)
        size = target.tell()
        target.seek(0)
        storage.delete(name)  # of a worker that was stopped
        return storage.save(name, File(target)), size


@transaction.atomic
def finish_package(*, mark: str, written: tuple[str, int], at: datetime | None = None) -> None:
    """It can be fetched now. One that was put away meanwhile loses its file."""
    path, size = written
    done = Package.objects.filter(mark=mark).update(
        state=PackageState.DONE, file=path, size=size, done_at=at or timezone.now()
    )
    if not done:
        transaction.on_commit(lambda: storages["private"].delete(path))
    record(action="classwork.finish_package", actor=None, target=f"classwork.Package:{mark}", details={"bytes": size})


@transaction.atomic
def discard_packages(*, packages: Sequence[Package]) -> int:
    """Put packages and their files away; returns how many."""
    _put_away(packages)
    if packages:
        units = [package.organisation_id for package in packages]
        record(
            action="classwork.discard_packages", actor=None, target="classwork.Package:some", details={"units": units}
        )
    return len(packages)


def _put_away(packages: Sequence[Package]) -> None:
    files = [package.file for package in packages if package.file]
    Package.objects.filter(pk__in=[package.pk for package in packages]).delete()
    transaction.on_commit(lambda: _delete(files))


def _delete(files: Sequence[str]) -> None:
    for file in files:
        storages["private"].delete(file)

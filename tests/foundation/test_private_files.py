"""Files with personal data on a machine that others use too."""

from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import storages


def test_private_files_are_readable_by_the_account_of_the_site_only():
    name = storages["private"].save("deeds/2026/a.pdf", ContentFile(b"%PDF-"))
    file = Path(storages["private"].path(name))
    assert [oct(path.stat().st_mode & 0o777) for path in (file, file.parent)] == ["0o600", "0o700"]

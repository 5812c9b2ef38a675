"""Where files with personal data lie."""

import os

from django.conf import settings
from django.core.files.storage import FileSystemStorage


class PrivateStorage(FileSystemStorage):
    """Files below PRIVATE_ROOT. No address serves them: a view checks who asks and streams them itself.

    The folder is read from the settings at each use, so that a model field made at import time follows it.
    """

    @property
    def base_location(self) -> str:  # type: ignore[override]
        """PRIVATE_ROOT as it is now."""
        return str(settings.PRIVATE_ROOT)

    @property
    def location(self) -> str:  # type: ignore[override]
        """`base_location`, absolute."""
        return os.path.abspath(self.base_location)

    @property
    def file_permissions_mode(self) -> int:  # type: ignore[override]
        """For the account that runs the site, and for nobody else on the machine."""
        return 0o600

    @property
    def directory_permissions_mode(self) -> int:  # type: ignore[override]
        """As the files."""
        return 0o700

    def url(self, name: str | None) -> str:
        """Raises ValueError: there is no address."""
        raise ValueError("private files have no address")

"""The site with crash points."""

from collections.abc import Iterable
from typing import Any

from elearning.wsgi import application as site
from tests.faults import crash

crash.install()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """As the site, remembering which address the thread is at."""
    crash.here.place = environ["PATH_INFO"]
    return site(environ, start_response)

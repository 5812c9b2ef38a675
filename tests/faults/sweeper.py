"""One run of the sweeper in a process of its own, with crash points; prints how many attempts it closed."""

import django

django.setup()

from exams.actions import sweep_overdue  # noqa: E402
from tests.faults import crash  # noqa: E402

if __name__ == "__main__":
    crash.here.count_commits = True
    crash.install()
    print(sweep_overdue())  # noqa: T201

"""django-tasks on the outbox: what Wagtail does in the background takes the same path as our own work."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus
from django_tasks.utils import get_random_id, normalize_json

from foundation.jobs.actions import enqueue
from foundation.jobs.registry import Payload

KIND = "jobs.django_task"


class OutboxBackend(BaseTaskBackend):
    """Stores each task as a job. Results are not kept: Wagtail's tasks have none."""

    supports_defer = True
    supports_async_task = False
    supports_get_result = False

    def enqueue(self, task: Task, args: tuple[Any, ...], kwargs: dict[str, Any]) -> TaskResult:
        """Store the call beside the change that caused it. Raises InvalidTaskError for a task that cannot be stored."""
        self.validate_task(task)
        payload = {"task": task.module_path, "args": normalize_json(list(args)), "kwargs": normalize_json(kwargs)}
        with transaction.atomic():
            enqueue(kind=KIND, payload=payload, run_at=task.run_after)
        return TaskResult(
            task=task,
            id=get_random_id(),
            status=TaskResultStatus.READY,
            enqueued_at=timezone.now(),
            started_at=None,
            finished_at=None,
            last_attempted_at=None,
            args=list(args),
            kwargs=kwargs,
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )


def run_task(payload: Payload) -> None:
    """Call the stored task."""
    task: Task = import_string(payload["task"])
    task.call(*payload["args"], **payload["kwargs"])

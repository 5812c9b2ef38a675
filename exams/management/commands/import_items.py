"""`manage.py import_items FILE --bank NAME`: read questions, show what was read, bring them before a person."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils.translation import gettext as _

from exams import actions
from exams.forms.reasons import say, say_unreadable
from exams.importers.blocks import FORMATS, Block, Unreadable, counts
from exams.models import Bank, ImportBatch, ImportState
from exams.queries.reading import read_file

UNREADABLE = 2


class Command(BaseCommand):
    """Nothing is stored in the bank before a person has seen the preview."""

    help = "Read questions from a file. Without --dry-run they wait for a person under /admin/."
    # Reading needs no database and no set-up beyond the settings.
    requires_system_checks: list[str] = []  # as in Django

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to read, for which bank, and how far to go."""
        parser.add_argument("file", help="the file to read")
        parser.add_argument("--bank", required=True, help="name of the item bank")
        parser.add_argument("--format", choices=["auto", *FORMATS], default="auto")
        parser.add_argument("--dry-run", action="store_true", help="only show what was read; needs no bank")
        parser.add_argument("--json", action="store_true", help="with --dry-run: print the blocks as a JSON list")
        parser.add_argument("--by", metavar="USERNAME", help="who imports")
        parser.add_argument(
            "--confirm", action="store_true", help="you have seen the preview: store the accepted blocks as drafts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError: code 2 for a file that cannot be read, code 1 for everything else."""
        if options["json"] and not options["dry_run"]:
            raise CommandError("--json goes with --dry-run")
        if options["confirm"] and not options["by"]:
            raise CommandError("--confirm needs --by: who has seen the preview?")
        path = Path(options["file"])
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}", returncode=UNREADABLE) from error
        try:
            if options["dry_run"]:
                self._show(read_file(data, path.name, options["format"]), as_json=options["json"])
            else:
                self._keep(data, path.name, options)
        except Unreadable as error:
            text = f"{path}: {say_unreadable(error.code, error.detail)} [{error}]"
            raise CommandError(text, returncode=UNREADABLE) from error

    def _show(self, blocks: Sequence[Block], *, as_json: bool) -> None:
        if not as_json:
            self._summary(blocks)
            return
        if self.stdout._out is sys.stdout and hasattr(sys.stdout, "reconfigure"):  # type: ignore[attr-defined]
            # Whatever the locale says; half a surrogate pair becomes the escape that JSON has for it.
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
        self.stdout.write(json.dumps([block.as_json() for block in blocks], ensure_ascii=False, indent=1))

    def _summary(self, blocks: Sequence[Block]) -> None:
        """Counts, then each block that is not accepted with its lines and reasons."""
        found = counts(blocks)
        self.stdout.write(
            _("%(all)s blocks: %(accept)s accepted, %(review)s to be looked at, %(reject)s no questions")
            % {"all": len(blocks), **found}
        )
        for kind, number in sorted(Counter(block.type for block in blocks).items()):
            self.stdout.write(f"  {kind}: {number}")
        for block in blocks:
            if block.status != "accept":
                reasons = " ".join(say(reason) for reason in block.reasons)
                end = f"-{block.line_end}" if block.line_end > block.line else ""
                self.stdout.write(f"{block.line}{end}  {block.status}  {block.stem[:40]!r}  {reasons}")

    def _keep(self, data: bytes, filename: str, options: dict[str, Any]) -> None:
        """Keep the file as a batch that waits under /admin/, or store it if the operator has seen the preview."""
        bank, by = _bank(options["bank"]), _person(options["by"])
        batch = actions.start_import(by=by, bank=bank, data=data, filename=filename, format=options["format"])
        if batch.state == ImportState.READING:
            # Here nobody waits for a page: read at once; the job finds nothing left to do.
            actions.show_batch(
                payload={"batch": batch.pk}, result=actions.read_in_background(payload={"batch": batch.pk})
            )
            batch.refresh_from_db()
        if batch.state == ImportState.FAILED:
            code, _colon, detail = batch.error.partition(": ")
            raise Unreadable(code, detail)
        self._tell(batch)
        if options["confirm"]:
            self._store(batch, by)

    def _tell(self, batch: ImportBatch) -> None:
        self.stdout.write(
            _("%(all)s blocks: %(accept)s accepted, %(review)s to be looked at, %(reject)s no questions")
            % {"all": batch.total, "accept": batch.accepted, "review": batch.to_review, "reject": batch.rejected}
        )
        address = reverse("exams_import:batch", args=[batch.pk])
        self.stdout.write(_("The import waits for a person at %(address)s") % {"address": address})

    def _store(self, batch: ImportBatch, by: AbstractBaseUser | None) -> None:
        try:
            actions.store_import(by=by, batch=batch, hand_in=False)
        except actions.NothingToStore:
            raise CommandError("nothing is accepted; nothing was stored") from None
        batch.refresh_from_db()
        while batch.state == ImportState.STORING:
            actions.continue_import(payload={"batch": batch.pk}, result=None)
            batch.refresh_from_db()
        self.stdout.write(_("What is accepted is stored as drafts; a second person must approve it."))


def _bank(name: str) -> Bank:
    """Raises CommandError with the names that exist."""
    try:
        return Bank.objects.get(name=name)
    except Bank.DoesNotExist:
        names = ", ".join(Bank.objects.order_by("name").values_list("name", flat=True))
        raise CommandError(f"there is no bank “{name}”; there are: {names or 'none yet'}") from None


def _person(username: str | None) -> AbstractBaseUser | None:
    """Raises CommandError for somebody who does not exist or may not write items."""
    if username is None:
        return None
    user = get_user_model()._default_manager.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"nobody has the user name {username}")
    if not user.has_perms(["exams.add_item", "exams.change_item"]):
        raise CommandError(f"{username} may not write items")
    return user

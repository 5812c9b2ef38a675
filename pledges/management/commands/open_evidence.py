"""`manage.py open_evidence CODE --reason TEXT`: show the sealed evidence of one signature."""

import json
from typing import Any

from cryptography.exceptions import InvalidTag
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pledges import actions
from pledges.models import Letter, SealedEvidence
from tlog.errors import TlogError


class Command(BaseCommand):
    """For a dispute, on the server, by somebody who may read the evidence key. Leaves an audit entry."""

    help = "Show how a letter was signed, and whether the log's commitment to that holds."

    def add_arguments(self, parser: CommandParser) -> None:
        """CODE, --reason."""
        parser.add_argument("code", help="verification code or pledge code of the letter")
        parser.add_argument("--reason", required=True, help="why it is opened; kept in the audit log")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for an unknown letter, a lost key, and evidence that was changed."""
        try:
            found = actions.open_evidence(code=options["code"], reason=options["reason"])
        except (Letter.DoesNotExist, SealedEvidence.DoesNotExist):
            raise CommandError("there is no sealed evidence under this code") from None
        except InvalidTag:
            raise CommandError("the evidence was changed, or the key is another") from None
        except TlogError as wrong:
            raise CommandError(f"{wrong} ({wrong.reason})") from None
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))

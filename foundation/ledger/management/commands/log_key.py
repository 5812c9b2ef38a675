"""`manage.py log_key`: make, print, rotate, retire or revoke the key of the public log (docs/log.md)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from foundation.ledger import actions, files, keys
from foundation.ledger.models import LogKey, LogShard, LogState
from tlog import sm2
from tlog.errors import TlogError

OVERLAP = timedelta(days=90)


class Command(BaseCommand):
    """Never loses a key: a log whose key is gone cannot go on, only a new one can begin."""

    help = "Make the key of the public log, print its public side, or change it."

    def add_arguments(self, parser: CommandParser) -> None:
        """One of --create, --rotate, --retire, --revoke REASON, --create-further; none prints."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--create", action="store_true", help="make the key file")
        what.add_argument("--rotate", action="store_true", help="add a new key; both sign from the next entry on")
        what.add_argument("--retire", action="store_true", help="let older keys go, 90 days after the rotation")
        what.add_argument("--revoke", metavar="REASON", help="the key was stolen: end this log, begin the next one")
        what.add_argument(
            "--create-further", action="store_true", help="make the ML-DSA-44 and SM2 keys that are named"
        )
        parser.add_argument("--now", action="store_true", help="with --retire: do not wait for the 90 days")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError if the file is there already (--create), is not, or it is too early (--retire)."""
        path = Path(settings.LOG_KEY_FILE)
        try:
            if options["create"]:
                keys.create_key(path)
            elif options["rotate"]:
                _rotate(path)
            elif options["retire"]:
                _retire(path, options["now"])
            elif options["revoke"]:
                self._revoke(path, options["revoke"])
            elif options["create_further"]:
                _create_further()
            for verifier in (*keys.keyring().verifiers(), *keys.further_verifiers()):
                self.stdout.write(verifier.vkey())
        except FileExistsError:
            raise CommandError("there is a key already; it is not overwritten") from None
        except TlogError as wrong:
            raise CommandError(str(wrong)) from None

    def _revoke(self, path: Path, reason: str) -> None:
        with files.exclusive() as alone:
            if not alone:
                raise CommandError("a sequencer is at work; stop the site first")
            if LogState.objects.exists():
                shard = actions.end_log(reason=reason)
                self.stdout.write(f"{shard.origin} ended; its last head:\n{shard.checkpoint}")
            elif not LogShard.objects.exists():
                raise CommandError("there is no log that could end")
            number = LogShard.objects.count()
            aside = path.with_name(f"{path.name}.revoked-{number}")
            if path.exists() and not aside.exists():
                path.rename(aside)
            if not path.exists():
                keys.create_key(path)


def _rotate(path: Path) -> None:
    secrets = keys.load_secrets(path)
    if len(secrets) > 1:
        raise CommandError("two keys sign already; retire the older one first")
    keys.keep_secrets(path, [Ed25519PrivateKey.generate().private_bytes_raw(), *secrets])


def _retire(path: Path, at_once: bool) -> None:
    newest = keys.load_secrets(path)[0]
    vkey = keys.verifier(Ed25519PrivateKey.from_private_bytes(newest)).vkey()
    known = LogKey.objects.filter(vkey=vkey, entry__place__isnull=False).first()
    if known is None:
        raise CommandError("the log does not say yet that the new key signs; run the sequencer first")
    if not at_once and timezone.now() < known.since + OVERLAP:
        raise CommandError("both keys sign for 90 days, so that whoever has the old policy learns of the new key")
    keys.keep_secrets(path, [newest])


def _create_further() -> None:
    if settings.LOG_ML_DSA_KEY_FILE and not Path(settings.LOG_ML_DSA_KEY_FILE).exists():
        keys.create_key(Path(settings.LOG_ML_DSA_KEY_FILE))  # 32 random bytes are the seed of either kind
    if settings.LOG_SM2_KEY_FILE and not Path(settings.LOG_SM2_KEY_FILE).exists():
        sm2.create(Path(settings.LOG_SM2_KEY_FILE))

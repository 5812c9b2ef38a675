"""Settings of the public log and of the keys that sign, seal and open letters."""

from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from elearning.settings import environment


def log(var_dir: Path, site_url: str) -> tuple[Path, str, str, str]:
    """The folder, the key file, the name and the memory of the log.

    The folder's files may be served by the web server as they are, so the key must not lie with them. The memory is the
    newest head that was signed, in a place that is not restored together with database and log.
    """
    name = environment.text("XINXING_LOG_ORIGIN", "") or f"{urlsplit(site_url).hostname}/log"  # whatever the port
    key = environment.text("XINXING_LOG_KEY_PATH", str(var_dir / "keys" / "log.key"))
    return var_dir / "log", key, name, environment.text("XINXING_LOG_MEMORY_PATH", str(var_dir / "keys" / "log.seen"))


def witnesses() -> tuple[str, int, str]:
    """The file that says whom to ask and how many are enough; how long; and what if they are missing.

    Raises ImproperlyConfigured.
    """
    missing = environment.text("XINXING_LOG_WITNESS_MISSING", "publish")
    if missing not in {"publish", "wait"}:
        raise ImproperlyConfigured(f"XINXING_LOG_WITNESS_MISSING must be publish or wait, not {missing!r}")
    return (
        environment.text("XINXING_LOG_WITNESSES_PATH"),
        environment.integer("XINXING_LOG_WITNESS_SECONDS", 2),
        missing,
    )


def further_keys() -> tuple[str, str]:
    """Keys for further signature lines, off as long as none is named: ML-DSA-44, SM2."""
    return environment.text("XINXING_LOG_ML_DSA_KEY_PATH"), environment.text("XINXING_LOG_SM2_KEY_PATH")


def letter_keys(var_dir: Path) -> tuple[str, str, str]:
    """What signs public records, seals their PDFs, opens the evidence of signatures. Made with the first letter."""
    keys = var_dir / "keys"
    return (
        environment.text("XINXING_ISSUER_KEY_PATH", str(keys / "issuer.key")),
        environment.text("XINXING_SEAL_KEY_PATH", str(keys / "seal.pem")),
        environment.text("XINXING_EVIDENCE_KEY_PATH", str(keys / "evidence.key")),
    )

"""Settings of the public log and of the keys that sign, seal and open letters."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from elearning.settings import environment


def settings(var_dir: Path, site_url: str) -> dict[str, Any]:
    """Read the environment. Raises ImproperlyConfigured for nonsense."""
    keys = var_dir / "keys"
    missing = environment.text("XINXING_LOG_WITNESS_MISSING", "publish")
    if missing not in {"publish", "wait"}:
        raise ImproperlyConfigured(f"XINXING_LOG_WITNESS_MISSING must be publish or wait, not {missing!r}")
    return {
        # Its files may be served by the web server as they are; its key must not lie with them.
        "LOG_DIR": var_dir / "log",
        "LOG_KEY_FILE": environment.text("XINXING_LOG_KEY_PATH", str(keys / "log.key")),
        "LOG_ORIGIN": environment.text("XINXING_LOG_ORIGIN", "")
        or f"{urlsplit(site_url).hostname}/log",  # whatever the port
        # Cosignatures of others: a policy file says whom to ask and how many are enough.
        "LOG_WITNESS_FILE": environment.text("XINXING_LOG_WITNESSES_PATH"),
        "LOG_WITNESS_SECONDS": environment.integer("XINXING_LOG_WITNESS_SECONDS", 2),
        "LOG_WITNESS_MISSING": missing,
        # The newest head that was signed, in a place that is not restored together with database and log.
        "LOG_MEMORY_FILE": environment.text("XINXING_LOG_MEMORY_PATH", str(keys / "log.seen")),
        # Further signature lines, off as long as no key is named.
        "LOG_ML_DSA_KEY_FILE": environment.text("XINXING_LOG_ML_DSA_KEY_PATH"),
        "LOG_SM2_KEY_FILE": environment.text("XINXING_LOG_SM2_KEY_PATH"),
        # Signs public records, seals their PDFs, opens the evidence of signatures. All are made with the first letter.
        "ISSUER_KEY_FILE": environment.text("XINXING_ISSUER_KEY_PATH", str(keys / "issuer.key")),
        "SEAL_KEY_FILE": environment.text("XINXING_SEAL_KEY_PATH", str(keys / "seal.pem")),
        "EVIDENCE_KEY_FILE": environment.text("XINXING_EVIDENCE_KEY_PATH", str(keys / "evidence.key")),
    }

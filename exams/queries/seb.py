"""Safe Exam Browser: is it the one that the exam's manager set up?

The browser sends, with each request, the SHA-256 of the absolute address (without the fragment) followed by a key:
`X-SafeExamBrowser-ConfigKeyHash` with the Config Key, which stands for the settings, and
`X-SafeExamBrowser-RequestHash` with the Browser Exam Key, which stands for settings and program. Source: the pages
"Config Key" and "Browser Exam Key" for developers at safeexambrowser.org.

A file of settings of our own is offered for download. The Config Key of a file is the SHA-256 of its settings as JSON:
keys sorted without regard to case, no white space, nothing escaped, without `originatorVersion` and without empty
dictionaries. Source: "How the Config Key is generated", on the same page. Our settings are flat and hold nothing that
JSON would escape.
"""

import hashlib
import json
import plistlib
import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare

from exams.models import SittingRules

KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class SebProof:
    """What a request brought: its absolute address and the two hashes."""

    url: str
    config_hash: str = ""
    exam_hash: str = ""


def keys_in(text: str) -> list[str]:
    """The keys in a field, one on a line. Raises ValueError for a line that is none."""
    lines = [line.strip().lower() for line in text.splitlines() if line.strip()]
    for line in lines:
        if not KEY.fullmatch(line):
            raise ValueError(line)
    return lines


def hash_of(url: str, key: str) -> str:
    """What the browser sends for `url` with `key`."""
    return hashlib.sha256((url.partition("#")[0] + key).encode()).hexdigest()


def seb_settings() -> dict[str, Any]:
    """The settings that we offer: this site, hashes in the headers, no camera, no microphone, no spelling help."""
    site = settings.SITE_URL.rstrip("/")
    return {
        "allowAudioCapture": False,
        "allowDictionaryLookup": False,
        "allowQuit": True,
        "allowScreenSharing": False,
        "allowSpellCheck": False,
        "allowVideoCapture": False,
        "browserWindowWebView": 0,  # the engine that sends the headers, on macOS and iOS too
        "enablePrintScreen": False,
        "quitURL": f"{site}/exams/seb/quit/",
        "quitURLConfirm": False,
        "sendBrowserExamKey": True,
        "startURL": f"{site}/exams/",
    }


def seb_file() -> bytes:
    """The file for download: a plain property list, which the browser opens as it is."""
    return plistlib.dumps(seb_settings())


def config_key(values: dict[str, Any]) -> str:
    """The Config Key of flat settings."""
    kept = {name: values[name] for name in sorted(values, key=str.lower) if name != "originatorVersion"}
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def seb_allows(sitting: SittingRules, proof: SebProof | None) -> bool:
    """True if the rules ask for no exam browser, or `proof` fits one of the keys of each kind that is given; without
    any key, the settings that we offer.

    Every key is compared, each in constant time, so that the reply tells nothing.
    """
    if not sitting.seb_required:
        return True
    if proof is None:
        return False
    typed = sitting.seb_config_keys + sitting.seb_exam_keys
    config_keys = sitting.seb_config_keys if typed.strip() else config_key(seb_settings())
    checks = [(config_keys, proof.config_hash), (sitting.seb_exam_keys, proof.exam_hash)]
    results = [_fits(keys_in(keys), proof.url, sent) for keys, sent in checks if keys.strip()]
    return bool(results) and all(results)


def _fits(keys: list[str], url: str, sent: str) -> bool:
    found = [constant_time_compare(hash_of(url, key), sent.lower()) for key in keys]
    return any(found)

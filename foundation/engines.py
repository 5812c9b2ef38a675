"""Which browser engines cannot read the modern style sheets. Pure Python.

A style sheet cannot ask "load the other one if you do not know nesting": engines that do not know a condition drop what
it guards, so the choice is made on the server. Unknown engines get the modern sheets; static/js/site.js swaps them if
they turn out too old.
"""

import re

# Nesting without "&", cascade layers, container queries and :has() together.
FIRST_MODERN_CHROME = 120
FIRST_MODERN_FIREFOX = 121
FIRST_MODERN_SAFARI = (17, 2)

_CHROME = re.compile(r"(?:Chrome|CriOS|Chromium)/(\d+)")
_FIREFOX = re.compile(r"Firefox/(\d+)")
_IOS = re.compile(r"(?:iPhone|iPad|iPod).*? OS (\d+)_(\d+)")
_SAFARI = re.compile(r"Version/(\d+)\.(\d+)\S* (?:Mobile/\S+ )?Safari/")
_INTERNET_EXPLORER = re.compile(r"Trident/|MSIE ")


def is_old(user_agent: str) -> bool:
    """True for an engine that needs the flat style sheet: old Chromium in WeChat, 360 or Android, iOS before 17.2."""
    if _INTERNET_EXPLORER.search(user_agent):
        return True
    if match := _IOS.search(user_agent):  # every browser there uses the system's engine, whatever it calls itself
        return (int(match.group(1)), int(match.group(2))) < FIRST_MODERN_SAFARI
    if match := _CHROME.search(user_agent):
        return int(match.group(1)) < FIRST_MODERN_CHROME
    if match := _FIREFOX.search(user_agent):
        return int(match.group(1)) < FIRST_MODERN_FIREFOX
    if match := _SAFARI.search(user_agent):
        return (int(match.group(1)), int(match.group(2))) < FIRST_MODERN_SAFARI
    return False

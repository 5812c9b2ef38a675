"""Numbers in a text that lead to a person. Pure Python."""

import re

from stdnum.cn import uscc

# Eleven digits of a mobile phone, eighteen of an identity number, an e-mail address: never part of a public text.
_PERSONAL = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)|[\w.+-]+@[\w-]+\.[\w.]+")


def names_somebody(text: str) -> bool:
    """There is a number of a phone or an identity card, or an e-mail address in it. A unified code of an organisation
    may be eighteen digits, too: it names nobody."""
    return any(not uscc.is_valid(found[0].upper()) for found in _PERSONAL.finditer(text))

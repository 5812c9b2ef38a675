"""What is kept of an ID number: a keyed digest that finds the person again, and a mask to print."""

from django.conf import settings
from django.utils.crypto import salted_hmac


def id_digest(number: str) -> str:
    """The digest under which a checked ID number is stored and found. Without the key it says nothing."""
    return salted_hmac("accounts.id_number", number, secret=settings.ID_NUMBER_KEY, algorithm="sha256").hexdigest()


def id_mask(number: str) -> str:
    """As it is shown: enough to tell two people apart, too little to be of use to a stranger."""
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"

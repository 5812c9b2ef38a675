"""Which passwords are refused, and that long ones are welcome."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User

PERSON = User(username="lin.zhiyuan", name="林知远", email="lin@example.org", employee_number="32058300001")
HABITS = [
    "19901231",
    "1990-12-31",
    "woaini1314",
    "Password123!",
    "13812345678",
    "qwer1234",
    "520520520",
    "1qaz2wsx3edc",
]


@pytest.mark.parametrize("password", [*HABITS, "short", "iloveyou", "lin.zhiyuan1", "32058300001", "a" * 30])
def test_what_guessers_try_first_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, PERSON)


@pytest.mark.parametrize(
    "password", ["correct horse", "春天的花开了又谢", "tr0ub4dor&3x", "zebra violin " * 8, "a b c d e f"]
)
def test_long_ones_and_whole_sentences_are_welcome(password):
    assert len("zebra violin " * 8) > 64
    validate_password(password, PERSON)

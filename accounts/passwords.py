"""Passwords that people here choose and guessers try first. Beside Django's list."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Pieces from which habitual passwords are put together: what is left without them is what has to be guessed.
WORDS = """
    woaini aini iloveyou loveyou password passw0rd passwd admin administrator root welcome qwerty qwertyuiop
    qwer asdf asdfgh asdfghjkl zxcv zxcvbn zxcvbnm qazwsx qazwsxedc 1qaz 2wsx 3edc 1qaz2wsx abc abcd abcdef
    abcdefg abcabc aaa test user guest login letmein monkey dragon shadow sunshine princess baobei laopo laogong
    mama baba zhongguo china beijing shanghai jiangsu suzhou kunshan nihao xiexie xinxing chengxin xinyong
    gongwuyuan zhengfu dang renmin xuexi xuesheng laoshi huawei xiaomi tencent weixin wechat alipay taobao baidu
    dongfang longlong xiaoming wangwei 123 1234 12345 123456 1234567 12345678 123456789 1234567890 0123456789
    321 4321 54321 654321 87654321 987654321 111 000 222 333 444 555 666 777 888 999 520 521 1314 5201314
    5211314 7758521 7758258 147258 147258369 159357 112233 121212 123123 123321 456456 456789 789456 741852
    963852 110110 119119 163 168 126 qq com
"""
PIECES = re.compile("|".join(sorted(map(re.escape, WORDS.split()), key=len, reverse=True)))
YEAR = r"(?:19[4-9]\d|20[0-4]\d)"
DATE = re.compile(rf"{YEAR}[-/.年]?(?:0?[1-9]|1[0-2])[-/.月]?(?:0?[1-9]|[12]\d|3[01])日?|{YEAR}")
PHONE = re.compile(r"1[3-9]\d{9}")
ID_NUMBER = re.compile(r"\d{17}[\dx]")
REPEATED = re.compile(r"(.{1,4})\1+")
LEFT_TO_GUESS = 4


def is_habitual(password: str) -> bool:
    """Whether so little is left of `password` without habitual pieces that it is guessed in an afternoon."""
    plain = password.casefold().replace("@", "a")
    if PHONE.fullmatch(plain) or ID_NUMBER.fullmatch(plain):
        return True
    rest = PIECES.sub("", DATE.sub("", plain))
    rest = PIECES.sub("", REPEATED.sub(r"\1", rest))
    rest = re.sub(r"[\W_]", "", rest)
    return len(rest) < LEFT_TO_GUESS


class HabitValidator:
    """Refuses habitual passwords, beside the list of twenty thousand that Django brings. Nothing is asked elsewhere."""

    def validate(self, password: str, user: object = None) -> None:
        """Raises ValidationError."""
        if is_habitual(password):
            raise ValidationError(self.get_help_text(), code="password_habitual")

    def get_help_text(self) -> str:
        """What to do instead."""
        return _(
            "This is what guessers try first: dates, phone numbers, rows of keys, common words. "
            "Take four words that do not belong together."
        )

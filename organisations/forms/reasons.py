"""Codes of the roster reader as sentences that say what to do."""

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Text = str | Promise

FIELD_WORDS: dict[str, Text] = {
    "name": _("full name"),
    "id_number": _("ID number"),
    "employee_number": _("employee number"),
    "student_number": _("student number"),
    "unit": _("unit or department"),
    "section": _("section of a department"),
    "grade": _("grade"),
    "class": _("class"),
    "seat": _("seat number"),
    "position": _("post held"),
    "profession": _("key profession"),
    "leads": _("class teacher of"),
    "phone": _("mobile phone"),
    "email": _("e-mail"),
    "born": _("day of birth"),
    "until": _("planned last day"),
    "guest": _("seconded to"),
    "role": _("pupil or member of staff"),
    "id_mask": _("ID number"),
    "id": _("ID number"),
    "person": _("the same person"),
}

REASONS: dict[str, Text] = {
    "excel-digits": _(
        "Excel keeps only 15 digits of a number: the last ones were lost. Format the column as text and type the "
        "number again."
    ),
    "excel-scientific": _(
        "Excel has shortened the number (1.1E+17): digits were lost. Format the column as text and type it again."
    ),
    "excel-float": _("Excel has made a decimal of it. Format the column as text and type it again."),
    "excel-zeros": _(
        "Shorter than the other numbers of this column: Excel has probably taken zeros in front away. Format the "
        "column as text and type the number with its zeros."
    ),
    "excel-date": _("Excel has taken it for a date. Format the column as text and type it again."),
    "excel-error": _("The cell holds an error of Excel instead of a value."),
    "id-old": _("An ID number with 15 digits is no longer in use. Enter the one with 18."),
    "id-length": _("An ID number has 18 characters. For other documents leave the cell empty."),
    "id-wrong": _("The ID number is not valid (GB 11643): a digit is wrong."),
    "two-ids": _("The row holds two different ID numbers."),
    "no-name": _("The name is missing. Of merged cells only the first one holds the value: split them."),
    "name-wrong": _("This is no name of a person."),
    "number-wrong": _("A number has letters, digits, - and _ only."),
    "phone-wrong": _("A mobile phone number has 11 digits and begins with 1."),
    "email-wrong": _("This is no e-mail address."),
    "seat-wrong": _("A seat number lies between 1 and 999."),
    "born-wrong": _("Write a day of birth as 2015-03-02."),
    "until-wrong": _("Write a last day as 2027-06-30."),
    "until-over": _("The last day is over. Leave out whoever has left."),
    "role-wrong": _("Write pupil (学生) or member of staff (教师, 职工)."),
    "role-by-hand": _("Coordinators and managers are appointed by a person, not by a file."),
    "too-long": _("The text is too long."),
    "no-unit": _("There is no unit called “%s” here. Correct the name, or let the import make missing units."),
    "two-units": _("Two units are called “%s”. Write the unit above it in a column of its own."),
    "no-class": _("There is no class called “%s” here."),
    "pupil-needs-class": _(
        "A pupil belongs to a class: the row does not say to which. Of merged cells only the first one holds the "
        "value: split them."
    ),
    "no-profession": _(
        "There is no key profession “%s”. Write its name or code as in the list (重点人群), or leave the cell empty."
    ),
    "two-people": _("Two people here could be meant. Give a number that tells them apart."),
    "same-name": _(
        "Somebody with this name belongs to “%s”. Give a number, so that it is clear whether it is the same."
    ),
    "numbers-disagree": _("The numbers of this row belong to two different people."),
    "name-differs": _("The number belongs to somebody with another name."),
    "elsewhere": _("This person belongs to a unit outside yours. That membership must be ended there first."),
    "taken": _("Somebody else has this already: %s."),
    "is-a-pupil": _("This person is known as a child under 14."),
    "protected": _("The phone number and the e-mail of this person are kept by themselves or by an administrator."),
    "hand-over-first": _("This person leads a unit: hand the duty over before they move."),
    "changed-meanwhile": _("Changed since the preview. Look at the row again."),
}

UNREADABLE: dict[str, Text] = {
    "encrypted": _("The file has a password. Save it without one and upload it again."),
    "old-office": _("This is the old Excel format (.xls). Open it and save it as .xlsx."),
    "macros": _("The file holds macros. Save it as .xlsx, without macros."),
    "zip-bomb": _("The file unpacks to far more than a roster. It was not opened."),
    "too-large": _("The file is larger than %s MB. Divide it, or remove pictures and empty sheets."),
    "too-many-rows": _("The file names more than %s people. Divide it."),
    "too-many-sheets": _("The file has too many sheets (%s). Divide it."),
    "not-workbook": _("This is no Excel workbook, or it is damaged. Save it as .xlsx again."),
    "not-table": _("This is neither an Excel workbook (.xlsx) nor a CSV file."),
    "no-table": _("No sheet has a row of headers with a column of names (姓名). Use the template."),
    "entities": _("The file holds instructions that no roster needs. It was not read."),
    "encoding": _("The text is neither UTF-8 nor GB18030. Save it as .xlsx."),
    "broken": _("The file is damaged. Open it in Excel and save it again."),
    "empty": _("The file is empty."),
    "file-gone": _("The file is no longer kept. Upload it again."),
    "changed-meanwhile": _(
        "Nothing was put in: people or units have changed since the preview. Look at it again, then go on."
    ),
}


def _sentence(texts: dict[str, Text], reason: str, detail: Callable[[str], str]) -> str:
    code, _colon, rest = reason.partition(": ")
    text = str(texts.get(code, code))
    return text % detail(rest) if "%s" in text else text


def say(reason: str, where: Callable[[str], str] = str) -> str:
    """A reason of one row. `where` turns the number of another row into words."""
    code, _colon, rest = reason.partition(": ")
    if code == "twice":
        field, _blank, other = rest.partition(" ")
        words = {"what": FIELD_WORDS.get(field, field), "where": where(other)}
        return gettext("Twice in this file (%(what)s): also in %(where)s. Neither is taken.") % words
    return _sentence(REASONS, reason, lambda text: str(FIELD_WORDS.get(text, text)))


def say_unreadable(reason: str) -> str:
    """Why a whole file was refused."""
    return _sentence(UNREADABLE, reason, str)


def masked(name: str) -> str:
    """A name in a report that others may read."""
    return name[:1] + "*" * (len(name) - 1)

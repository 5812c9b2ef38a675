"""Which column means what, read from its header in Chinese or English, never from its place. Pure Python."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

SYNONYMS = {
    "name": """姓名 名字 人员姓名 学生姓名 教师姓名 员工姓名 学员姓名 name fullname studentname""",
    "id_number": """身份证号 身份证号码 身份证 身份证件号 身份证件号码 证件号码 证件号 公民身份号码 居民身份证号
        居民身份证号码 idnumber idcard idno nationalid""",
    "employee_number": """工号 职工号 职工编号 员工号 员工编号 人员编号 干部编号 教工号 教职工号 教师工号
        employeenumber employeeno employeeid staffnumber staffno""",
    "student_number": """学号 学籍号 学生编号 学生学号 全国学籍号 studentnumber studentno studentid""",
    "unit": """部门 单位 所属部门 所在部门 所属单位 所在单位 工作单位 部门名称 单位名称 机构 机构名称 组织
        department unit organisation organization""",
    "section": """科室 处室 内设机构 所在科室 股室 section division office""",
    "grade": """年级 所在年级 所属年级 年级名称 grade gradename""",
    "class": """班级 班 所在班级 所属班级 行政班 班级名称 class classname""",
    "seat": """座号 座位号 座位 班内号 班内序号 seat seatnumber seatno""",
    "position": """职务 岗位 职位 职务名称 现任职务 任职 position jobtitle title post""",
    "profession": """重点人群 重点人群类别 重点职业 重点职业人群 职业类别 执业类别 keyprofession keygroup profession""",
    "leads": """班主任班级 任班主任 担任班主任 班主任 所带班级 classteacherof homeroom""",
    "phone": """手机 手机号 手机号码 联系电话 移动电话 电话 联系方式 mobile phone mobilephone phonenumber""",
    "email": """邮箱 电子邮箱 电子邮件 邮件 邮箱地址 email mail emailaddress""",
    "born": """出生日期 生日 出生年月日 dateofbirth birthdate birthday born""",
    "until": """借调至 借调期至 借调截止 借调截止日期 借调到期日 截止日期 到期日期 聘期至 合同到期 until enddate""",
    "role": """身份 人员类别 类别 人员类型 角色 role kind type""",
    # Understood, and left out on purpose.
    "": """序号 编号 no number 性别 gender sex 备注 说明 民族 学校 学校名称 school remarks notes 家长姓名 家长电话
        监护人 监护人姓名 监护人电话 政治面貌 职级 职称""",
}
KNOWN = {word: name for name, words in SYNONYMS.items() for word in words.split()}
LONGEST = 60
_NOTE = re.compile(r"[(（\[【<《].*?[)）\]】>》]|[*＊:：?？!！\"'“”]|必填|选填|非必填", re.S)


def fold(header: str) -> str:
    """A header without what people put around it: brackets, stars, blanks, capitals, full-width letters."""
    plain = unicodedata.normalize("NFKC", _NOTE.sub("", header)).casefold()
    return re.sub(r"[\s_\-—./、,，;；|]+", "", plain)[:LONGEST]


def field_of(header: str, remembered: Mapping[str, str]) -> tuple[str, bool]:
    """(what the column means or "", whether the header is understood). What a person has said once goes first."""
    word = fold(header)
    if word in remembered:
        return remembered[word], True
    return KNOWN.get(word, ""), word in KNOWN


def map_header(texts: Iterable[str], remembered: Mapping[str, str]) -> dict[str, int]:
    """Column numbers by meaning; the first of two columns with the same meaning counts."""
    found: dict[str, int] = {}
    for column, text in enumerate(texts):
        name = field_of(text, remembered)[0] if text else ""
        if name and name not in found:
            found[name] = column
    return found

"""The words that banks use for types, keys, explanations and extras, and where they stand in a line. Pure Python.

Everything here looks at the folded shadow of a line (`normalise.fold`).
"""

import re

# "choice" is a section of 选择题 that does not say how many are right; the key then tells.
CHOICE = "choice"
_TYPE_WORDS = {
    "single": "单项选择题|单项选择|单选选择题|单选题|单选|single choice",
    "multiple": (
        "多项选择题|多项选择|多选选择题|多选题|多选|不定项选择题|不定项选择|不定项|multiple answers|multiple a"
        "nswer|multiple response|multiple select"
    ),
    "true_false": (
        "判断对错题|判断对错|判断正误题|判断正误|判断题|是非判断题|是非题|对错题|正误判断|判断|true/false"
        "|true or false|true / false"
    ),
    "blank": "填空题|填空|fill in the blanks|fill in the blank|fill in blanks",
    "short": (
        "简答题|问答题|论述题|简述题|名词解释题|名词解释|思考题|主观题|简答|问答|论述|short answers|short answer|essay"
    ),
    "matching": "连线题|匹配题|配对题|搭配题|配伍题|连线|匹配|matching",
    "ordering": "排序题|排序|ordering|sequencing",
    "scenario": (
        "案例分析题|案例题|案例分析|材料分析题|材料题|情景分析题|情景题|情境题|综合分析题|综合题|case study|scenario"
    ),
    "survey": "问卷题|量表题|测评题|打分题|评分题|评价题|自评题|调查题|问卷|量表|测评|自评|survey|rating",
    CHOICE: "选择题|客观题|multiple choice",
}
TYPE_OF = {word: kind for kind, words in _TYPE_WORDS.items() for word in words.split("|")}
_WORDS = "|".join(sorted((word.replace(" ", "[ -]") for word in TYPE_OF), key=len, reverse=True))
_SCORE = r"(?:(?:本题|每题|分值|满分|共)?[ :]*\d{1,3}(?:\.\d{1,2})?[ ]*分?)"
TYPE_TAG = re.compile(
    rf"[(\[【<][ ]*(?P<word>{_WORDS})[ ]*(?:[,、;:. ·|]*(?:{_SCORE}|必答|必填|难度[^)\]】>]{{0,6}}))?[ ]*[)\]"
    rf"】>][ ]*\*?",
    re.IGNORECASE,
)
SCORE_TAG = re.compile(
    r"[(\[【][ ]*(?:本题|本小题|每题|每小题|分值|满分|共)?[ :]*(\d{1,3}(?:\.\d{1,2})?)[ ]*分(?:值)?[ ]*[)\]】]"
)
POINTS_TAG = re.compile(r"[(][ ]*(\d{1,3}(?:\.\d)?)[ ]*(?:points?|pts?|marks?)[ ]*[)]", re.IGNORECASE)
LEVEL_TAG = re.compile(r"[(\[【][ ]*(?:难度|难易度)?[ :]*(容易|较易|简单|易|中等|一般|适中|中|较难|困难|难)[ ]*[)\]】]")
LEVELS = {
    "容易": 1,
    "易": 1,
    "简单": 1,
    "较易": 2,
    "中等": 3,
    "一般": 3,
    "适中": 3,
    "中": 3,
    "较难": 4,
    "困难": 5,
    "难": 5,
}

_HEAD_NUMBER = (
    r"(?:第[ ]*[一二三四五六七八九十\d]{1,3}[ ]*(?:部分|大题|题型|节|章)|[一二三四五六七八九十]{1,3}"
    r"|\([一二三四五六七八九十]{1,3}\)|\d{1,2}(?:\.\d{1,2})*|part [a-z\d]{1,3}|section [a-z\d]{1,3}"
    r"|[ivx]{1,4})"
)
SECTION = re.compile(
    rf"^[ ]*[【\[<(]?[ ]*(?:{_HEAD_NUMBER}[ ]*[、.:,)\-]*[ ]*)?(?:[^ 、,。:;?!()\[\]【】\d]{{0,12}}?)"
    rf"[【\[<(]?(?P<word>{_WORDS})(?: questions?)?[】\]>)]?(?P<rest>.*)$",
    re.IGNORECASE,
)
_INSTRUCT = (
    r"(?:本题|本大题|每题|每小题|每道|共|下列|以下|请|在每|在下列|将|总|计|说明|要求|答题|选出|正确的"
    r"|对的|认为|判断|把|只有|\d+[ ]*[分道题个小])"
)
_SECTION_REST = re.compile(
    rf"^[ ]*(?:部分|类|篇|题库|练习|库|样题|集)?[ ]*[:.。、,;]*[ ]*(?:[(\[【][^()\[\]]{{0,80}}(?:[(\[][^"
    rf"()\[\]]*[)\]][^()\[\]]{{0,40}})?[)\]】][ ]*[:.。]?[ ]*)?"
    rf"(?:(?<=[ :.。、,;)\]】]){_INSTRUCT}.{{0,120}})?[ ]*$",
    re.IGNORECASE,
)
_GAP_TO_FILL = re.compile(r"[(\[【][ ]*[)\]】]|_{2,}|[?][ ]*$")
CHAPTER = re.compile(
    r"^[ ]*第[ ]*[一二三四五六七八九十百\d]{1,4}[ ]*(?:章|节|单元|部分|篇|讲|课|编|模块|专题)(?![^ :、.]{0,3}规定)"
)
HAN_HEAD = re.compile(r"^[ ]*(?:([一二三四五六七八九十]{1,3})[ ]*[、.]|\(([一二三四五六七八九十]{1,3})\)[、.]?)")

ANSWER, MINE, EXPLAIN, EXTRA, STEM, OPTIONS, KIND = "answer", "mine", "explain", "extra", "stem", "options", "kind"
_LABELS = (
    (MINE, "我的答案|学生答案|你的答案|您的答案|考生答案|我的作答|学生作答|作答答案|我的选择|your answer|my answer"),
    (
        EXPLAIN,
        "答案解析|试题解析|本题解析|题目解析|解析|答案详解|详解|答案分析|试题分析|分析|答案说明|讲解|解题思路"
        "|点拨|点评|答案解释|解释|解答说明|"
        "explanation|rationale|feedback",
    ),
    (
        ANSWER,
        "标准答案|正确答案|参考答案|试题答案|本题答案|正确选项|标答|答案要点|参考要点|答题要点|参考解答|答案"
        "|correct answer|answer key|answer|ans|key",
    ),
    (
        EXTRA,
        "难易程度|难易度|难度系数|难度等级|难度级别|难度|所属知识点|知识点|考查点|考点|本题分值|题目分值"
        "|分值|分数|所属章节|章节|来源|出处|出题依据|关键词|关键字|"
        "适用对象|适用人群|标签|本题得分|得分|正确率|评分标准|评分细则|题号|编号|difficulty|topic|points?|score|source",
    ),
    (KIND, "试题类型|题目类型|题型|question type|type"),
    (STEM, "试题内容|题目内容|题干|题目|问题|试题|question"),
    (OPTIONS, "备选答案|备选项|选项|options|choices"),
)
LABEL_OF = {word: kind for kind, words in _LABELS for word in words.split("|")}
_ALL = "|".join(sorted(LABEL_OF, key=len, reverse=True))
# With brackets a label needs no colon; without, it needs a colon or stands alone before its value.
LABEL = re.compile(
    rf"(?:[【\[<]|\((?=[^()]{{2,6}}\)))[ ]*(?P<boxed>{_ALL})[ ]*:?[ ]*[】\]>)][ ]*[:.]?[ ]*"
    rf"|(?:(?<![A-Za-z])(?=[A-Za-z])|(?=[^A-Za-z]))(?P<bare>{_ALL})[ ]*(?:是|为|选|如下)?[ ]*[:][ ]*",
    re.IGNORECASE,
)
# Decoration before a label: list marks, and the little pictures of chat programs.
_SIGNS = "✅❌☑✔✘🔍🔎📖📝💡👉🔑⭐★☆▶►◆◇■□●○※"
_LEAD = rf"[ \t]*(?:[-*>]+[ ]+|[{_SIGNS}]+[\ufe0f\ufe0e]?[ ]*)?"
_LOOSE = re.compile(
    _LEAD + r"(?:(?P<solo>(?:标准|正确|参考|本题)?答案|correct answer|answer|ans)[ ]*(?:"
    r"(?:是|为|选|is)?[ .]*(?=[A-Za-z](?![a-z]{2})|[√×✓✗✔❌]|(?:对|错|正确|错误)(?:[ 。.,;]|$)|$)|(?<=案)[ "
    r"\t]+(?=\S))"
    r"|(?P<da>答)[ ]*:[ ]*|(?P<chosen>故选|应选|本题选)[ ]*:?[ ]*(?=[A-Z]))",
    re.IGNORECASE,
)
_ALONE = re.compile(_LEAD + r"(?:答案|试题|本题|题目)?(?:解析|详解|讲解)(?:[ ]*$|[ \t]+(?=\S))")
# A key glued to the end of a line ("D. 丁答案：C", "（ ）（答案：B）").
_GLUED = re.compile(
    r"[(\[【]?(?:正确|参考|标准)?答案[ ]*[:][ ]*(?=(?:[A-Z](?:[ ,、]*[A-Z]){0,9}|[√×✓✗]|对|错|正确|错误)[ ]"
    r"*[)\]】]?[。.]?[ ]*$)"
)
_WHOLE = re.compile(
    r"[ \t]*[(\[【](?:正确|参考|标准)?答案[ ]*(?:是|为)?[ ]*[:][ ]*(?=[^()\[\]【】]{1,80}[)\]】][。.]?[ ]*$)"
)
_TAIL = re.compile(r"[(\[【](?:正确|参考|标准)?答案[ ]*[:][ ]*(?=[^()\[\]【】]{1,80}[)\]】][。.]?[ ]*$)")
_BEFORE = re.compile(r"[ \t。.;,:!?)\]】》\"'”A-Z]$|^$")


def type_named(word: str) -> str:
    """The type that a type word of the patterns above stands for."""
    return TYPE_OF[word.lower().replace("-", " ")]


def section_of(flat: str) -> str | None:
    """The type that a section head names (`choice` when it leaves open how many), or None if it is no such head."""
    if len(flat) > 160:
        return None
    line = flat.strip().strip("#*").strip()
    match = SECTION.match(line)
    if match is None or not _SECTION_REST.match(match["rest"]) or _GAP_TO_FILL.search(line):
        return None
    if line[:1].isdigit() and match["rest"].strip(" :.。、") and match["rest"].lstrip()[:1] not in "([【":
        return None
    return type_named(match["word"])


def labels_in(flat: str, free: bool) -> list[tuple[int, int, str, str]]:
    """Labels of a line as `(start, end, kind, word)`.

    At the start of a line any form counts. Later in the line only those in brackets, and, unless `free` text runs
    there (an explanation), those with a colon after a blank, a mark or a letter.
    """
    found: list[tuple[int, int, str, str]] = []
    loose = _LOOSE.match(flat)
    if alone := _ALONE.match(flat):
        return [(0, alone.end(), EXPLAIN, "解析")]
    if whole := _WHOLE.match(flat):
        return [(0, whole.end(), ANSWER, "答案")]
    for match in LABEL.finditer(flat):
        start, word = match.start(), (match["boxed"] or match["bare"]).lower()
        kind = LABEL_OF[word]
        before = flat[:start].rstrip(" \t")
        leading = not before.strip("-*> \ufe0f\ufe0e" + _SIGNS)
        rounded = match["boxed"] and flat[start:].lstrip()[:1] == "("
        if rounded and (not leading or not flat[match.end() :].strip()):
            continue
        chained = bool(found) and (found[-1][2] in (MINE, ANSWER) or found[0][2] == MINE)
        if not leading and kind in (STEM, OPTIONS, KIND):
            continue
        if not leading and match["bare"] and not chained and (free or not _BEFORE.search(flat[:start])):
            continue
        if not leading and kind == EXTRA and match["bare"] and not found:
            continue
        found.append((0 if leading else start, match.end(), kind, word))
    if not found and not loose and not free and (glued := _GLUED.search(flat) or _TAIL.search(flat)):
        return [(glued.start(), glued.end(), ANSWER, "答案")]
    if loose and not any(start == 0 for start, *_ in found):
        found.insert(0, (0, loose.end(), ANSWER, "答" if loose["da"] else "答案"))
    return found


INSTRUCTION = re.compile(
    r"本试卷|本卷|考试时间|答题时间|答题卡|答题纸|满分|闭卷|开卷|考生|监考|手机|交卷|姓名|准考证|考场"
    r"|草稿纸|作答|本次考试|本次测试|本题库|注意事项|钢笔|签字笔|铅笔|"
    r"请(?:将|在|把|认真|仔细|勿|各|务必|用)|不得(?:携带|交头|抄袭|作弊)|candidates|minutes"
)
INSTRUCTION_HEAD = re.compile(
    r"(?:考试|答题|作答|填写|使用|试卷)?(?:说明|须知|要求|注意事项|注意|纪律|规则)[ ]*:?[ ]*$|^[ ]*"
    r"(?:instructions|notes?)[ ]*:?[ ]*$",
    re.IGNORECASE,
)
MATERIAL_RANGE = re.compile(
    r"(?:回答|完成)[^\d]{0,8}?(?:第)?[ ]*(\d{1,4})[ ]*(?:题)?[ ]*(?:-+|~|至|到)[ ]*(?:第)?[ ]*(\d{1,4})[ ]*(?:小)?题"
)

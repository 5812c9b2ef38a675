"""Known questions written down in the many ways banks are written, by chance but from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    type: str
    stem: str
    options: tuple[str, ...]
    answer: object
    explanation: str


SINGLES = (
    Item(
        "single",
        "诚信在社会主义核心价值观中属于哪个层面？（ ）",
        ("国家层面", "社会层面", "公民个人层面", "国际层面"),
        "C",
        "诚信是公民个人层面的价值准则。",
    ),
    Item(
        "single",
        "公务员在任职前应当签署的文件是（ ）。",
        ("租赁合同", "诚信承诺书", "借条", "保险单"),
        "B",
        "任职前签署承诺书是制度要求。",
    ),
    Item(
        "single",
        "2021年起某市规定，一般失信信息的公示期最短为（ ）",
        ("3个月", "6个月", "1年", "3年"),
        "A",
        "期限以最新规定为准。",
    ),
    Item(
        "single",
        "下列关于维生素A、B类保健品宣传的说法，诚信的是（ ）。",
        ("夸大疗效", "如实说明成分", "编造病例", "冒充专家"),
        "B",
        "如实说明。",
    ),
    Item(
        "single",
        "12个月内被认定两次的，应当（ ）",
        ("不予理睬", "列入重点关注", "给予奖励", "自动修复", "移送法院"),
        "B",
        "屡次失信要重点关注。",
    ),
    Item(
        "single",
        "考场上发现同学作弊，正确的做法是（ ）",
        ("跟着作弊", "视而不见", "向监考老师报告", "以上都不对"),
        "C",
        "维护公平是诚信的要求。",
    ),
)
MULTIPLES = (
    Item(
        "multiple",
        "下列属于守信激励措施的有（ ）。",
        ("绿色通道", "容缺受理", "减少检查频次", "限制高消费"),
        "ABC",
        "限制高消费属于惩戒。",
    ),
    Item(
        "multiple",
        "信用修复需要提交的材料包括（ ）",
        ("修复申请", "承诺书", "已履行义务的证明", "他人的借条", "身份证明"),
        "ABCE",
        "借条与修复无关。",
    ),
    Item(
        "multiple",
        "学生诚信考试应当做到（ ）",
        ("独立完成", "不带手机", "按时交卷", "互相交流"),
        "ABC",
        "考试中不得交流。",
    ),
    Item(
        "multiple",
        "下列说法正确的有（ ）",
        ("诚信是立身之本", "诚信是兴业之基", "诚信可有可无", "诚信与法治无关"),
        "AB",
        "诚信与法治相辅相成。",
    ),
)
JUDGEMENTS = (
    Item("true_false", "诚实守信是中华民族的传统美德。", (), True, "古人说人无信不立。"),
    Item("true_false", "替他人参加考试只要不被发现就不算失信。", (), False, "替考本身就是失信。"),
    Item("true_false", "信用修复后，相关信息应当终止公示。", (), True, "修复后终止公示。"),
    Item("true_false", "企业可以为了订单伪造检测报告。", (), False, "伪造报告违法。"),
)
BLANKS = (
    Item("blank", "人而无信，不知其____也。", (), [["可"]], "出自《论语》。"),
    Item(
        "blank",
        "政务诚信、商务诚信、____和____是社会信用体系的四个领域。",
        (),
        [["社会诚信"], ["司法公信"]],
        "四个领域。",
    ),
    Item("blank", "诚信活动周一般在每年____月举行。", (), [["11"]], "各地时间不同。"),
)
SHORTS = (
    Item("short", "简述诚信建设的意义。", (), "有利于降低交易成本，有利于提升政府公信力。", "言之成理即可。"),
    Item("short", "什么是信用修复？", (), "失信主体纠正失信行为并履行义务后，依照程序重建信用。", "要点完整即可。"),
)
HEADS = {
    "single": ("单选题", "单项选择题", "单项选择"),
    "multiple": ("多选题", "多项选择题", "不定项选择题"),
    "true_false": ("判断题", "是非题", "判断正误题"),
    "blank": ("填空题",),
    "short": ("简答题", "问答题"),
}
TAGS = {"single": "单选", "multiple": "多选", "true_false": "判断", "blank": "填空", "short": "简答"}
HAN = "一二三四五六"


@dataclass
class Style:
    """One way of writing a bank."""

    number: str
    heads: str
    tag: str
    mark: str
    layout: str
    key: str
    label: str
    explain: str
    judgement: tuple[str, str]
    gap: bool
    restart: bool
    noise: str
    score: str
    joined: str
    extras: bool
    wide: bool

    @classmethod
    def by_chance(cls, rng: random.Random) -> Style:
        return cls(
            number=rng.choice(
                [
                    "{}. ",
                    "{}.",
                    "{}、",
                    "{}．",
                    "（{}）",
                    "({})",
                    "题目{}：",
                    "第{}题 ",
                    "### {}\n",
                    "\\{}. ",
                    "**{}.** ",
                    "{} 、",
                    "## **Q00{}**\n",
                ]
            ),
            heads=rng.choice(["han", "han", "score", "bracket", "markdown", "part", "none"]),
            tag=rng.choice(["none", "none", "before", "after", "score", "below"]),
            mark=rng.choice(["{}. ", "{}.", "{}、", "{}．", "({})", "（{}）", "{}:", "{} ", "{}：", "{}) "]),
            layout=rng.choice(["lines", "lines", "tab", "two", "one", "glued", "stem", "apart", "blanklines"]),
            key=rng.choice(["label", "label", "label", "stem", "option", "list", "range", "table", "own", "restated"]),
            label=rng.choice(
                [
                    "答案：",
                    "正确答案：",
                    "参考答案：",
                    "【答案】",
                    "【答案】:",
                    "答案:",
                    "答案 ",
                    "標準答案：",
                    "正確答案:",
                    "答案是：",
                    "**答案：**",
                    "（答案）",
                ]
            ),
            explain=rng.choice(["none", "解析：", "【解析】", "答案解析：", "【详解】", "unlabelled", "same", "解析:"]),
            judgement=rng.choice(
                [
                    ("√", "×"),
                    ("对", "错"),
                    ("正确", "错误"),
                    ("T", "F"),
                    ("✓", "✗"),
                    ("✔", "❌"),
                    ("true", "false"),
                    ("是", "否"),
                    ("（正确）", "（错误）"),
                ]
            ),
            gap=rng.random() < 0.5,
            restart=rng.random() < 0.6,
            noise=rng.choice(["none", "none", "pages", "header", "crlf", "bom", "radicals"]),
            score=rng.choice(["", "", "（2分）", "[5分]", "(2.0分)"]),
            joined=rng.choice(["", "", "、", ",", " ", "，"]),
            extras=rng.random() < 0.2,
            wide=rng.random() < 0.1,
        )


class Renderer:
    """Writes items in one style and remembers what is true."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.lines: list[str] = []
        self.tail: list[tuple[str, list[tuple[int, Item]]]] = []
        if style.heads == "none" and style.restart:
            style.restart = False
        if style.key in ("stem", "option") and style.explain == "same":
            style.explain = "解析："

    def bank(self, groups: list[list[Item]]) -> str:
        count = 0
        for place, items in enumerate(groups):
            self.head(place, items[0].type)
            if self.style.restart:
                count = 0
            self.tail.append((items[0].type, []))
            for item in items:
                count += 1
                self.item(count, item)
                self.tail[-1][1].append((count, item))
        self.keys()
        return self.finish()

    def head(self, place: int, kind: str) -> None:
        word = HEADS[kind][place % len(HEADS[kind])]
        line = {
            "han": f"{HAN[place]}、{word}",
            "score": f"{HAN[place]}、{word}（每题2分，共{20 + place}分）",
            "bracket": f"【{word}】",
            "markdown": f"## {word}",
            "part": f"第{HAN[place]}部分 {word}",
            "none": "",
        }[self.style.heads]
        if line:
            self.lines.append(line)

    def key_text(self, item: Item) -> str:
        if item.type in ("single", "multiple"):
            return self.style.joined.join(str(item.answer))
        if item.type == "true_false":
            return self.style.judgement[0 if item.answer else 1]
        if item.type == "blank":
            return "；".join(row[0] for row in item.answer)  # type: ignore[attr-defined]
        return str(item.answer)

    def apart(self, item: Item) -> bool:
        return self.style.key in ("list", "range", "table") and item.type in ("single", "multiple", "true_false")

    def item(self, number: int, item: Item) -> None:
        style = self.style
        stem = item.stem
        embedded = style.key == "stem" and item.type in ("single", "multiple", "true_false")
        if embedded and item.type == "true_false":
            stem += "（" + style.judgement[0 if item.answer else 1].strip("（）") + "）"
        elif embedded:
            stem = stem.replace("（ ）", f"（{self.key_text(item)}）")
        elif item.type == "true_false" and (self.apart(item) or number % 2):
            stem += "（ ）"
        tag = {
            "none": "",
            "below": "",
            "before": f"[{TAGS[item.type]}题]",
            "after": f"（{TAGS[item.type]}题）",
            "score": f"({TAGS[item.type]}题, 1.0 分)",
        }[style.tag]
        text = stem + style.score + tag if style.tag == "after" else tag + stem + style.score
        self.lines += (style.number.format(number) + text).split("\n")
        options = self.options(item)
        if style.layout == "stem" and options:
            self.lines[-1] += options.pop(0)
        self.lines += options
        self.key(item, embedded)
        if style.gap:
            self.lines.append("")

    def options(self, item: Item) -> list[str]:
        style, found = self.style, []
        if not item.options:
            return []
        for place, text in enumerate(item.options):
            letter = chr(65 + place)
            right = style.key == "option" and letter in str(item.answer)
            found.append((letter, text + ("（正确答案）" if right else "")))
        if style.layout == "apart":
            return [part for letter, text in found for part in (letter, text)]
        written = [style.mark.format(letter) + text for letter, text in found]
        match style.layout:
            case "tab":
                return ["\t".join(written[i : i + 2]) for i in range(0, len(written), 2)]
            case "two":
                return ["  ".join(written[i : i + 2]) for i in range(0, len(written), 2)]
            case "one":
                return [" ".join(written)]
            case "glued":
                return ["".join(written)] if style.mark != "{} " else [" ".join(written)]
            case "stem":
                return [" " + " ".join(written)]
            case "blanklines":
                return [part for text in written for part in (text, "")]
        return written

    def key(self, item: Item, embedded: bool) -> None:
        style = self.style
        marked = style.key == "option" and item.type in ("single", "multiple")
        if not embedded and not marked and not self.apart(item):
            key = self.key_text(item)
            if style.key == "own" and item.type in ("single", "multiple", "true_false"):
                wrong = "D" if item.options else style.judgement[1 if item.answer else 0]
                self.lines.append(f"我的答案:{wrong}正确答案:{key}")
            elif style.key == "restated" and item.type == "single":
                self.lines.append(f"{style.label}{item.answer}. {item.options[ord(str(item.answer)) - 65]}")
            else:
                self.lines.append(style.label + key)
            if (
                style.explain == "unlabelled"
                and item.type in ("single", "multiple", "true_false")
                and style.key != "restated"
            ):
                self.lines[-1] += "。" + item.explanation
            elif style.explain == "same":
                self.lines[-1] += " 解析：" + item.explanation
        if style.explain not in ("none", "unlabelled", "same"):
            self.lines.append(style.explain + item.explanation)
        if style.extras:
            self.lines += ["难度：易", "知识点：诚信概念"]

    def keys(self) -> None:
        if self.style.key not in ("list", "range", "table"):
            return
        groups = [(kind, [(n, i) for n, i in rows if self.apart(i)]) for kind, rows in self.tail]
        self.lines += ["", "参考答案"]
        for place, (kind, rows) in enumerate(groups):
            if not rows:
                continue
            if self.style.restart or self.style.heads != "none":
                self.lines.append(f"{HAN[place]}、{HEADS[kind][0]}")
            keys = [self.key_text(item) for _, item in rows]
            if self.style.key == "range":
                self.lines.append(
                    f"{rows[0][0]}-{rows[-1][0]} "
                    + (" ".join(keys) if kind != "single" else "".join(str(i.answer) for _, i in rows))
                )
            elif self.style.key == "list":
                self.lines.append(" ".join(f"{n}.{key}" for (n, _), key in zip(rows, keys, strict=True)))
            else:
                self.lines.append("题号\t" + "\t".join(str(n) for n, _ in rows))
                self.lines.append("答案\t" + "\t".join(keys))

    def finish(self) -> str:
        style = self.style
        if style.noise == "pages":
            at = len(self.lines) // 2
            self.lines[at:at] = ["- 3 -"]
        if style.noise == "header":
            for at in (len(self.lines) * 3 // 4, len(self.lines) // 2, len(self.lines) // 4):
                self.lines[at:at] = ["诚信知识竞赛题库 第3页 共9页"]
        text = ("\r\n" if style.noise == "crlf" else "\n").join(self.lines)
        if style.noise == "radicals":
            text = text.replace("长", "⻓").replace("民", "⺠").replace("一", "⼀").replace("行", "⾏")
        if style.wide:
            text = text.translate({code: code + 0xFEE0 for code in range(0x41, 0x5B)})
        return ("\ufeff" if style.noise == "bom" else "") + text


def random_bank(seed: int) -> tuple[str, list[Item], Style]:
    """A bank in a random style, and the items in it in order."""
    rng = random.Random(seed)
    style = Style.by_chance(rng)
    groups = []
    for source, most in ((SINGLES, 5), (MULTIPLES, 4), (JUDGEMENTS, 4), (BLANKS, 3), (SHORTS, 2)):
        if rng.random() < 0.75:
            groups.append(rng.sample(source, rng.randint(1, most)))
    groups = groups or [list(SINGLES)]
    return Renderer(style).bank(groups), [item for group in groups for item in group], style

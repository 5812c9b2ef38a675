"""A large item bank for measuring, run inside `manage.py shell` where Django has been set up:

    python manage.py shell --no-imports -c "from bench.items import seed_items; seed_items(100_000)"

The wordings are put together from parts, so that they share words and sentences as a real bank's do, while no two
are equal. The same number always gives the same bank. Nothing here is legal advice: the statements are made up.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import transaction

from exams import actions
from exams.models import Bank, Item, ItemKey, ItemVersion, KnowledgePoint

ACTORS = (  # noqa: SIM905
    "采购单位 招标人 投标人 信用服务机构 行政机关 失信主体 承诺人 公共资源交易平台 "
    "行业协会 评审专家 窗口工作人员 学校 供应商 社会团体 评估机构 受托单位"
).split()
DUTIES = (  # noqa: SIM905
    "公示信用承诺 修复失信记录 归集公共信用信息 告知修复途径 核实异议申请 签署信用承诺书 保存办件材料 "
    "披露利益冲突 更正错误信息 履行合同约定 申请延长公示 报送评价结果 公布办事时限 保护个人信息 "
    "回避有关事项 登记受赠礼品 答复群众来信 移送问题线索 说明扣分理由 复核等级评定"
).split()
TIMES = ["受理之日", "收到申请之日", "公示期满之日", "合同签订之日", "作出决定之日", "评审结束之日", "承诺到期之日"]
CASES = (  # noqa: SIM905
    "材料不齐的 本人提出异议的 情况紧急的 涉及多个部门的 由代理人办理的 数据来源不一致的 "
    "当事人不在本地的 系统暂时不能使用的 需要实地核查的 已经书面说明的 第二次提出的"
).split()
VERBS = ["应当", "可以", "不得", "必须先", "在征得同意后", "经集体讨论"]
TOPICS = [
    "信用承诺",
    "信用修复",
    "信息公示",
    "联合奖惩",
    "招标投标",
    "政务诚信",
    "个人信息",
    "档案管理",
    "采购合同",
    "廉洁从业",
]
SUBTOPICS = ["概念", "范围", "时限", "程序"]
TYPES = ["single"] * 5 + ["multiple"] * 2 + ["true_false"] * 2 + ["blank"]
CHUNK = 2000


def wording(n: int) -> str:
    """Stem number `n`: no two are equal, many are alike."""
    actor, rest = ACTORS[n % len(ACTORS)], n // len(ACTORS)
    duty, rest = DUTIES[rest % len(DUTIES)], rest // len(DUTIES)
    case, rest = CASES[rest % len(CASES)], rest // len(CASES)
    verb, rest = VERBS[rest % len(VERBS)], rest // len(VERBS)
    start, rest = TIMES[rest % len(TIMES)], rest // len(TIMES)
    other = DUTIES[(n * 7 + rest) % len(DUTIES)]
    document = f"{2010 + n * 13 % 16}〕{n * 37 % 400 + 1}号"
    when = f"自{start}起{verb}{duty}，并在{rest + 3}个工作日内{other}"
    return f"根据试行办法（〔{document}）第{n * 11 % 90 + 1}条，{case}，{actor}{when}。"


def question(n: int) -> tuple[str, str, dict, dict]:
    """(type, stem, content, key) of item `n`."""
    kind = TYPES[n * 7 % len(TYPES)]
    if kind == "true_false":
        return kind, f"{wording(n)}这一说法是否正确？", {}, {"right": n % 3 == 0}
    if kind == "blank":
        return (
            kind,
            f"{wording(n)}期限为____个工作日。",
            {"blanks": 1},
            {"blanks": [[str(n % 30 + 1)]], "any_order": False},
        )
    texts = [f"由{ACTORS[(n + k) % len(ACTORS)]}{DUTIES[(n * 3 + k * 5) % len(DUTIES)]}" for k in range(4)]
    options = [{"id": f"{n * 8 + k:06x}", "text": text} for k, text in enumerate(texts)]
    right = [options[n % 4]["id"]] if kind == "single" else [options[n % 4]["id"], options[(n + 1) % 4]["id"]]
    return kind, f"{wording(n)}下列做法符合要求的是（　）。", {"options": options}, {"right": right}


def numbers(total: int) -> Iterator[range]:
    """The item numbers in chunks."""
    for start in range(0, total, CHUNK):
        yield range(start, min(start + CHUNK, total))


def seed_items(total: int = 100_000, *, bank: str = "bench", index: bool = False) -> int:
    """Fill `bank` up to `total` ready items in a tree of fifty knowledge points; returns how many there are now.

    With `index` the list of items can search them; drawing papers needs none. Written past the actions, in
    bulk: a benchmark needs the rows, not their history.
    """
    the_bank, _created = Bank.objects.get_or_create(name=bank, defaults={"audience": "civil_servant"})
    points = tree()
    moment = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
    have = Item.objects.filter(bank=the_bank).count()
    for chunk in numbers(total):
        chunk = range(max(chunk.start, have), chunk.stop)
        rows = [(n, *question(n)) for n in chunk]
        with transaction.atomic():
            items = Item.objects.bulk_create(_item(the_bank, points, n, kind) for n, kind, _s, _c, _k in rows)
            versions = ItemVersion.objects.bulk_create(
                ItemVersion(
                    item=item, number=1, stem=stem, content=content, state="ready", created_at=moment, frozen_at=moment
                )
                for item, (_n, _kind, stem, content, _key) in zip(items, rows, strict=True)
            )
            ItemKey.objects.bulk_create(
                ItemKey(version=version, answer=key, explanation="依据见文件原文。", frozen_at=moment)
                for version, (*_rest, key) in zip(versions, rows, strict=True)
            )
        if index:
            actions.index_items(item_ids=[item.pk for item in items], twins=False)
    return max(have, total)


def _item(bank: Bank, points: list[KnowledgePoint], n: int, kind: str) -> Item:
    return Item(
        bank=bank,
        number=str(n + 1),
        type=kind,
        audience="civil_servant",
        difficulty=(n * 17 // 3) % 5 + 1,
        point=points[n * 29 // 7 % len(points)],
        source=f"试行办法〔{2010 + n * 13 % 16}〕{n * 37 % 400 + 1}号",
    )


def tree() -> list[KnowledgePoint]:
    """Ten knowledge points with four below each, made once."""
    found = []
    for name in TOPICS:
        top = KnowledgePoint.objects.filter(name=name, parent=None).first() or actions.create_point(by=None, name=name)
        below = {p.name: p for p in KnowledgePoint.objects.filter(parent=top)}
        found.append(top)
        found += [below.get(word) or actions.create_point(by=None, name=word, parent=top) for word in SUBTOPICS]
    return found

"""Words that question banks use, as they stand in real files: `name: word | word`, long lists go on below."""

import re

KINDS = """
any: 不定项选择 | 不定项 | 不定向选择 | 任选题 | indefinite choice | uncertain choice
multiple: 多项选择 | 多选择 | 多选 | 複選 | 多選 | 复选 | multiple response | multiple select | multiple answer
  | multiple answers | multi select | multiselect | multi choice | multi | multiple | checkbox | checkboxes | mr
  | ma
single: 单项选择 | 单选择 | 单选 | 單選 | 單項選擇 | 最佳选择 | single choice | single answer | single select
  | single | single best answer | radio | one answer | sc
true_false: 判断 | 判斷 | 判断改错 | 是非 | 对错 | 正误 | true false | true or false | truefalse | tf | t f
  | boolean | bool | judge | judgment | judgement | yes no
blank: 填空 | 填充 | 补全 | fill in the blank | fill in the blanks | fill in blank | fill in | fillin | fill blank
  | fill | blank | blanks | gap fill | completion | fib
matching: 匹配 | 配对 | 配對 | 连线 | 連線 | matching | match | pairs
ordering: 排序 | 排列顺序 | 顺序 | ordering | order | sequence | sorting | sort
survey: 问卷 | 投票 | 量表 | 测评 | 满意度 | 评分题 | survey | rating | poll | likert
short: 简答 | 簡答 | 问答 | 問答 | 论述 | 論述 | 名词解释 | 名詞解釋 | 主观 | 论文 | 作文 | 计算 | 开放 | 申论
  | short answer | shortanswer | essay | open | open ended | long answer | text | qa | subjective
scenario: 案例分析 | 案例 | 材料分析 | 材料 | 情景 | 综合 | case | case study | scenario
choice: 选择 | 選擇 | 客观 | multiple choice | multichoice | mcq | mc | choice | choices
"""

# Headers folded: one width, lower case, no blanks, no brackets. The whole name must be known.
HEADERS = """
explanation: 解析 | 答案解析 | 试题解析 | 题目解析 | 试题分析 | 题目分析 | 答案分析 | 详解 | 答案详解 | 解答
  | 解析说明 | 解题思路 | 解释 | 分析 | 讲解 | 试题详解 | 说明解析 | 答题解析 | 参考解析 | 解題 | 詳解 | analysis
  | explanation | explain | rationale | feedback | generalfeedback | solution | comment | explanations
type: 题型 | 題型 | 试题类型 | 题目类型 | 题类型 | 类型 | 题类 | 试题题型 | 题目题型 | 题型名称 | 试题类别
  | 题目种类 | 考题类型 | type | questiontype | qtype | itemtype | kind
answer: 答案 | 正确答案 | 正確答案 | 参考答案 | 標準答案 | 标准答案 | 正确选项 | 正確選項 | 答案选项 | 试题答案
  | 题目答案 | 正确答案选项 | 标答 | 本题答案 | key | answer | answers | correctanswer | correctanswers
  | rightanswer | correct | correctoption | correctoptions | correctchoice | correctkey | answerkey | ans | right
  | rightanswers
options: 选项 | 選項 | 备选项 | 候选项 | 备选答案 | 选项内容 | 题目选项 | 试题选项 | 可选项 | 选择项 | 所有选项
  | 全部选项 | 选项列表 | options | choices | alternatives | answeroptions | optionlist
stem: 题干 | 題幹 | 题目 | 題目 | 试题 | 試題 | 题目内容 | 试题内容 | 问题 | 試題內容 | 题目內容 | 试题题干
  | 题目题干 | 题干内容 | 题目描述 | 试题描述 | 问题内容 | 考题 | 考题内容 | 题文 | 题目名称 | 试题名称 | 题面
  | 题目标题 | 标题 | 内容 | 问题描述 | 正文 | 试题正文 | 题干描述 | 题目正文 | stem | question | questiontext
  | questionstem | questioncontent | title | prompt | text | content | body | item | itemtext
material: 材料 | 背景材料 | 案例 | 案例材料 | 题干材料 | 共用题干 | 公共题干 | 大题题干 | 主题干 | 父题干
  | 材料内容 | 案例内容 | 阅读材料 | 情景 | passage | scenario | material | stimulus | case | casetext
case: 材料编号 | 案例编号 | 大题编号 | 父题编号 | 父题号 | caseid | stimulusid
number: 编号 | 編號 | 题号 | 題號 | 序号 | 序號 | 试题编号 | 题目编号 | 试题序号 | 题目序号 | 外部编号 | 试题id
  | 题目id | 题库编号 | no | number | id | qid | questionid | questionnumber | externalid | itemid | idnumber
  | seq | index
score: 分值 | 分数 | 题目分值 | 试题分值 | 每题分值 | 默认分值 | 本题分值 | 题目分数 | score | points | point
  | mark | marks | defaultmark
difficulty: 难度 | 難度 | 难易度 | 难易程度 | 难度等级 | 难度系数 | 试题难度 | 题目难度 | 难度级别 | 难易 | 难度值
  | difficulty | level | difficultylevel | hardness
points: 知识点 | 知識點 | 知识点名称 | 所属知识点 | 考点 | 考核点 | 关联知识点 | 考核知识点 | 一级知识点
  | 二级知识点 | 三级知识点 | 知识点一 | 知识点二 | 知识点三 | 标签 | 题目标签 | 试题标签 | 关键知识点
  | knowledgepoint | knowledgepoints | knowledge | topic | topics | tag | tags | skill
chapter: 章节 | 章節 | 所属章节 | 章 | 章名 | 章节名称 | 目录 | 所属目录 | 分类 | 题目分类 | 试题分类 | 类别
  | 所属分类 | 科目 | 所属科目 | 课程 | 课程名称 | 模块 | 专题 | 单元 | 一级目录 | 二级目录 | 章节目录 | 题库
  | 题库名称 | 所属题库 | 专业 | 工种 | chapter | section | category | subject | unit | course | module
source: 来源 | 出处 | 试题来源 | 题目来源 | 依据 | 出题依据 | 命题依据 | 文件依据 | 法规依据 | 制度依据 | 文件号
  | 文号 | 教材 | source | reference | origin | ref | basis
keywords: 关键词 | 关键字 | 得分点 | 采分点 | 评分点 | 评分要点 | 得分关键词 | keywords | keyword | keypoints
  | scoringpoints
audience: 适用对象 | 适用人群 | 对象 | 受众 | 适用范围 | 适用群体 | 人员类别 | 考试人员类型 | audience
language: 语言 | 语种 | language | lang
any_order: 乱序 | 顺序无关 | 不分顺序 | 答案不分顺序 | 答案无序 | anyorder | orderfree | unordered
extra: 干扰项 | 多余选项 | 干扰 | distractors | extra
pictures: 图片 | 题目图片 | 试题图片 | 配图 | 图片名称 | 图片路径 | image | picture | images | imageurl
  | imageurls | pictures
ignored: 备注 | 说明 | 审核人 | 出题人 | 命题人 | 录入人 | 录题人 | 创建人 | 创建时间 | 修改时间 | 更新时间
  | 入库时间 | 状态 | 选项数 | 选项个数 | 选项数量 | 答案个数 | 部门 | 使用次数 | 正确率 | 错误率 | remark
  | remarks | note | notes | status | author | created | updated | createdat | updatedat | optioncount
"""

TRUTH = """
true: true | t | yes | y | right | correct | 对 | 對 | 正确 | 正確 | √ | ✓ | ✔ | ☑ | ✅ | 是 | 真 | 对的 | 正确的
  | 是的 | 1 | √正确 | √对
false: false | f | no | n | wrong | incorrect | 错 | 錯 | 错误 | 錯誤 | × | ✗ | ✘ | ✕ | ✖ | ❌ | ❎ | x | 否 | 假
  | 不对 | 不對 | 不正确 | 不正確 | 错的 | 错误的 | 不是 | 非 | 误 | 0 | ╳ | ×错误 | ×错
"""

DEGREES = """
1: 易 | 容易 | 简单 | 很易 | 很容易 | 非常容易 | 简易 | 低 | easy | very easy | beginner | ★ | 一星 | 入门
2: 较易 | 较容易 | 较简单 | 偏易 | 中低 | fairly easy | ★★ | 二星 | 初级
3: 中 | 中等 | 适中 | 一般 | 普通 | 中级 | 中等难 | medium | normal | moderate | middle | intermediate | ★★★
  | 三星
4: 较难 | 偏难 | 中高 | 较困难 | fairly hard | ★★★★ | 四星
5: 难 | 困难 | 很难 | 非常难 | 高 | 高级 | hard | difficult | very hard | advanced | ★★★★★ | 五星
"""


def listed(table: str) -> dict[str, list[str]]:
    """A table above as name -> words."""
    joined = re.sub(r"\n\s+\|", " |", table.strip())
    rows = (line.partition(":") for line in joined.split("\n"))
    return {name: [word.strip() for word in words.split("|")] for name, _, words in rows}


def by_word(table: str) -> dict[str, str]:
    """The same as word -> name. Every word may stand in one list only."""
    return {word: name for name, words in listed(table).items() for word in words}

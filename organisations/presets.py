"""The key groups that the guideline on personal integrity (国办发〔2016〕98号) names. Pure Python."""

PROFESSIONS = (
    ("civil-servant", "公务员"),
    ("legal-representative", "企业法定代表人及相关责任人"),
    ("lawyer", "律师"),
    ("teacher", "教师"),
    ("physician", "医师"),
    ("pharmacist", "执业药师"),
    ("appraiser", "评估师"),
    ("tax-agent", "税务师"),
    ("fire-engineer", "注册消防工程师"),
    ("accountant-auditor", "会计审计人员"),
    ("estate-agent", "房地产中介从业人员"),
    ("certifier", "认证人员"),
    ("finance", "金融从业人员"),
    ("tour-guide", "导游"),
)

# The pictures of pupils' secrets: key, name in English (translated), and the drawing on a 48 grid. Class "c" is drawn
# in red, "f" is filled red; but every picture has its own shape and its name below it.
PICTURES = (
    ("plum", "plum blossom", '<path d="M9 40C16 34 22 28 30 12M19 29l12 2"/><g class="c"><circle cx="31" cy="10" r="3.2"/><circle cx="37" cy="14" r="3.2"/><circle cx="35" cy="21" r="3.2"/><circle cx="28" cy="21" r="3.2"/><circle cx="26" cy="14" r="3.2"/></g><circle class="f" cx="31.5" cy="16" r="1.8"/>'),  # noqa: E501
    ("orchid", "orchid", '<path d="M22 42C20 28 12 18 5 14M23 42C23 26 27 14 38 7M24 42C26 32 33 25 43 24M21 42C19 34 13 30 7 30"/><g class="c"><path d="M23 14c-3-2-3-6-1-8 2 2 3 5 1 8zM23 14c1-4 4-6 7-5 0 3-3 6-7 5zM23 14c-4 0-6 2-6 5 3 1 6-1 6-5z"/></g>'),  # noqa: E501
    ("bamboo", "bamboo", '<path d="M18 4v12M18 18v12M18 32v12M28 8v10M28 20v12M28 34v10M15 16.5h6M15 30.5h6M25 18.5h6M25 32.5h6"/><path d="M21 14C26 8 32 6 40 6c-4 6-9 9-19 8zM15 28C10 24 7 22 3 22c3 5 6 7 12 6z"/>'),  # noqa: E501
    ("chrysanthemum", "chrysanthemum", '<g class="c"><circle cx="24" cy="17" r="4"/><path d="M24 13V4M24 21v9M20 17h-9M28 17h9M21 14l-6-6M27 14l6-6M21 20l-6 6M27 20l6 6M22.5 13.3L19 5M25.5 13.3L29 5"/></g><path d="M24 30v14M24 38c4-4 8-5 13-4-2 4-7 6-13 4z"/>'),  # noqa: E501
    ("pine", "pine tree", '<path d="M24 44V26M24 34l-8-6M24 30l9-6"/><path d="M10 18a6 4 0 0112 0zM26 16a7 4.5 0 0114 0zM6 28a6 4 0 0112 0zM30 25a6 4 0 0112 0zM17 10a7 5 0 0114 0z"/>'),  # noqa: E501
    ("lotus", "lotus", '<g class="c"><path d="M24 26C17 22 15 14 24 5c9 9 7 17 0 21zM24 26c-8 2-14-3-15-12 5-1 8 1 9 3M24 26c8 2 14-3 15-12-5-1-8 1-9 3"/></g><path d="M24 27v17M7 36c5-4 12-4 17 2M41 33c-5-3-11-2-17 3"/>'),  # noqa: E501
    ("mountain", "mountain", '<path d="M3 39L17 14l8 13 6-9 14 21zM17 14l-2 10 4 5"/>'),
    ("water", "water", '<path d="M4 14c5-5 9-5 13 0s9 5 13 0 9-5 14 0M4 25c5-5 9-5 13 0s9 5 13 0 9-5 14 0M4 36c5-5 9-5 13 0s9 5 13 0 9-5 14 0"/>'),  # noqa: E501
    ("moon", "moon", '<path d="M31 6a19 19 0 100 36 22 22 0 010-36z"/><path class="c" d="M36 16v5M33.5 18.5h5"/>'),
    ("sun", "sun", '<circle class="c" cx="24" cy="24" r="9"/><path d="M24 4v6M24 38v6M4 24h6M38 24h6M10 10l4.5 4.5M33.5 33.5L38 38M38 10l-4.5 4.5M14.5 33.5L10 38"/>'),  # noqa: E501
    ("fish", "fish", '<path d="M5 24c6-10 20-13 29 0-9 13-23 10-29 0zM34 24l9-8v16z"/><path class="c" d="M21 18c3 3 3 9 0 12"/><circle class="f" cx="13" cy="22" r="1.8"/>'),  # noqa: E501
    ("boat", "boat", '<path d="M5 32h38l-6 10H11zM24 30V5"/><path class="c" d="M24 7l14 21H24M21 13L10 28h11"/>'),
)  # fmt: skip
PICTURE_KEYS = tuple(key for key, _name, _drawing in PICTURES)
SECRET_LENGTH = 3  # pictures to press, in one's own order, none twice: 1320 ways
NUMBER_LENGTH = 6

CONSENT_VERSION = "2026-09"
CONSENT_TITLE = "致家长的一封信"
CONSENT_BODY = """尊敬的家长：
学校开设诚信教育课。孩子在课上学习几节短课，做几道练习，和全班一起写下一份约定，再说说自己做到了没有。您的孩子未满14周岁，按照《中华人民共和国个人信息保护法》和《儿童个人信息网络保护规定》，为孩子开通学习账号以前，要先征得您的同意。
# 我们处理什么、做什么用
孩子的姓名、班级、座号或学号，用来在班里认出账号；学到哪一课、练习的对错、和全班一起写的约定、孩子自己写下的小事，用来让孩子和班主任看到学习进展。不收集身份证号、手机号、照片、面部信息和位置，不用于评优、排名和考核。
# 谁看得到、放在哪里、放多久
只有孩子本人、班主任和学校负责这项工作的老师看得到。孩子的一切内容都不对外公开。数据存放在本平台的服务器上，孩子毕业或离校后按学校的规定删除。
# 您可以怎样
您可以同意，也可以不同意。不同意的孩子照常上课，只是没有账号，不影响任何评价。您随时可以向班主任查询、更正孩子的信息，也可以撤回同意：账号当天停用，七天后删除能认出孩子的内容，七天之内您还可以改变主意。
有疑问或者意见，请向班主任或者学校负责人提出，也可以通过平台页脚的联系方式投诉。
# 回执
请在回执上选择“同意”或者“不同意”，签名后交还班主任。"""

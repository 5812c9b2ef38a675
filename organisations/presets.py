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

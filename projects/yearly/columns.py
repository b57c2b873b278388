"""What a column of a yearly list can mean, and the headings by which it is known; also those of our own file."""

from opinions.ledger.fields import Meaning, by_word

MEANINGS = (
    Meaning("title", "项目名称", "名称 项目 项目名 实事项目 民生实事 民生实事项目 实事名称 工程名称", True),
    Meaning(
        "scope", "建设内容",
        "内容 主要内容 主要建设内容 建设内容及规模 建设规模 实施内容 工作内容 具体内容 目标任务 工作任务", True,
    ),
    Meaning("unit", "责任单位", "牵头单位 责任部门 牵头部门 主管单位 主办单位 承办单位 实施单位 建设单位", True),
    Meaning("leader", "责任领导职务", "责任领导 牵头领导 分管领导 包联领导 县级领导 责任领导及职务 责任人 职务", True),
    Meaning("funds", "资金（万元）", "投资 总投资 投资额 计划投资 投资估算 估算投资 预算 概算 资金预算", True),
    Meaning("fund_source", "资金来源", "来源 资金渠道 筹资方式 筹资渠道"),
    Meaning("town", "乡镇", "所在乡镇 所属乡镇 乡镇街道 镇街 乡镇名称 实施乡镇"),
    Meaning("place", "建设地点", "地点 实施地点 项目地点 具体地点 地址 位置 建设位置"),
    Meaning("people", "受益人数", "受益人口 受益群众 惠及人数 惠及群众 受益范围 受益对象"),
    Meaning("starts", "计划开工", "开工 开工时间 开工日期 计划开工时间 开始时间 启动时间 起始时间"),
    Meaning(
        "ends", "计划完工",
        "完工 竣工 完工时间 完成时限 完成时间 竣工时间 计划完工时间 计划完成时间 计划竣工时间 办结时限 时限 完工日期",
    ),
    Meaning("steps", "进展节点", "时间节点 工作节点 进度安排 节点安排 推进计划 实施步骤 阶段目标"),
)  # fmt: skip
BY_KEY = {meaning.key: meaning for meaning in MEANINGS}
BY_WORD = by_word(MEANINGS)
# The headings of our own file, in its order; what the register of projects exports has the same words.
SAMPLE = (
    "title", "scope", "place", "town", "unit", "leader", "funds", "fund_source", "people", "starts", "ends", "steps",
)  # fmt: skip

"""The papers there are, as data: each with its places to fill in, what stands there, and an example of it.

A template may name these places and nothing else; `contexts` gives every one of them a text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 1024 * 1024  # of a template
ORIGINALS = Path(__file__).resolve().parent / "originals"
_BODY = "东街往王寨去的路口，三盏路灯从过年前就不亮了。晚上孩子下自习走这里，请帮忙问问归谁管。"
_COMMON: dict[str, tuple[str, str]] = {
    "title": ("事情", "东街路口三盏路灯不亮"),
    "station": ("站点", "洺南街道融合站点"),
    "place": ("地点", "东街社区 · 往王寨去的路口"),
    "category": ("类别", "市容环卫 / 路灯照明"),
    "body": ("内容", _BODY),
    "printed_on": ("打印日期", "2026年3月27日"),
}
_PERSON: dict[str, tuple[str, str]] = {
    "name": ("来访人或留言人的称呼", "田**"),
    "phone": ("他的电话", "138****1234"),
}


@dataclass(frozen=True)
class Paper:
    """One kind of paper. `places` maps a place's name to its meaning and an example."""

    key: str
    label: str
    purpose: str
    places: Mapping[str, tuple[str, str]]

    @property
    def example(self) -> dict[str, str]:
        """A text for every place, as for a real matter."""
        return {name: example for name, (_meaning, example) in self.places.items()}


RECEPTION = Paper(
    "reception",
    "选民接待登记表",
    "接待一位选民，登记一张，存在站里。",
    _COMMON
    | _PERSON
    | {
        "number": ("编号，就是回执码", "K7QM-3XH9-WD"),
        "received_at": ("接待时间", "2026年3月25日 9:41"),
        "channel": ("从哪来", "窗口"),
        "receiver": ("首问负责人", "麦知秋"),
        "recorder": ("记录人", "站点工作人员"),
        "representatives": ("接待代表，选民接待时才有", "麦知秋"),
        "people": ("人数", "1"),
        "village": ("村或社区", "东街社区"),
        "spot_answer": ("当场答复", ""),
        "proposal": ("拟办意见", "请查明原因并修复。"),
        "unit": ("交给谁办", "县城管局"),
        "result": ("办理结果", "已解决：三盏灯都修好了。"),
        "told_on": ("告知日期", "2026年3月30日"),
    },
)
ASSIGNMENT = Paper(
    "assignment",
    "交办单",
    "一件事交给单位，随文送达一张。不写回执码，不写群众不愿透露的身份。",
    _COMMON
    | _PERSON
    | {
        "number": ("编号", "交〔2026〕00012号"),
        "from_office": ("交办单位", "洺南街道融合站点"),
        "unit": ("主办单位", "县城管局"),
        "co_units": ("协办单位", "县供电公司"),
        "demand": ("请办什么", "查明原因并修复，把结果告诉群众。"),
        "kind": ("缓急", "一般"),
        "round": ("第几轮", "1"),
        "assigned_on": ("交办日期", "2026年3月25日"),
        "due_on": ("答复期限", "2026年4月9日"),
        "contact": ("联系人", "站点工作人员"),
        "contact_phone": ("联系电话", "0394-5550101"),
        "signed_by": ("签收人", ""),
        "signed_on": ("签收日期", ""),
        "identity_note": ("身份说明", "群众同意告诉承办单位；请只用于办这件事。"),
    },
)
SUPERVISION = Paper(
    "supervision",
    "督办单",
    "红、黄、蓝三级督办时发给单位。",
    {
        "number": ("编号", "督〔2026〕00003号"),
        "level": ("督办等级", "红色督办"),
        "reasons": ("督办事由", "超过答复期限 3 个工作日，还没有答复。"),
        "title": _COMMON["title"],
        "unit": ("承办单位", "县城管局"),
        "assigned_on": ("交办日期", "2026年3月25日"),
        "due_on": ("原定期限", "2026年4月9日"),
        "earlier_dates": ("以前改过的期限", "无"),
        "demand": ("督办要求", "请抓紧办理，按时书面答复。"),
        "reply_by": ("请在哪天前答复", "2026年4月16日"),
        "issuer": ("签发单位", "郸城县人大常委会"),
        "issued_on": ("签发日期", "2026年4月14日"),
    },
)
LETTER = Paper(
    "letter",
    "答复函",
    "单位或站点给群众的书面答复。",
    {
        "title": _COMMON["title"],
        "number": ("编号", "复〔2026〕00031号"),
        "name": ("怎么称呼", "田**"),
        "received_on": ("收到日期", "2026年3月25日"),
        "body": ("答复全文", "三盏路灯是电缆被挖断。我局已于3月29日更换电缆，灯都亮了。谢谢您的关心。"),
        "outcome": ("办理结果", "已解决"),
        "promise": ("承诺日期，没有就是空的", ""),
        "unit": ("答复单位", "郸城县城市管理局"),
        "replied_on": ("答复日期", "2026年3月30日"),
        "station": _COMMON["station"],
        "station_phone": ("站点电话", "0394-5550101"),
    },
)
SURVEY = Paper(
    "survey",
    "满意度测评表",
    "不上网的群众在纸上评，站点再代记进来。",
    {
        "number": ("编号，就是回执码", "K7QM-3XH9-WD"),
        "title": _COMMON["title"],
        "station": _COMMON["station"],
        "station_phone": ("站点电话", "0394-5550101"),
        "unit": ("答复单位", "县城管局"),
        "received_on": ("收到日期", "2026年3月25日"),
        "replied_on": ("答复日期", "2026年3月30日"),
        "outcome": ("办理结果", "已解决"),
        "answer": ("答复全文", "三盏路灯是电缆被挖断，已经更换，灯都亮了。"),
        "round": ("第几轮", "1"),
        "name": ("怎么称呼", "田**"),
        "printed_on": _COMMON["printed_on"],
    },
)
_OF_SUGGESTION: dict[str, tuple[str, str]] = {
    "number": ("编号，立案以前是空的", "2026-017"),
    "title": ("标题", "关于修复东街片区路灯的建议"),
    "representative": ("领衔代表", "麦知秋"),
    "cosigners": ("联名代表", "安可期、苗谷雨"),
    "county": ("县人大常委会的名称", "郸城县人大常委会"),
}
SUGGESTION = Paper(
    "suggestion",
    "代表建议",
    "代表把几件同类的事写成建议，提交、立案、交办都用这一份。不写群众的姓名和电话。",
    _OF_SUGGESTION
    | {
        "station": _COMMON["station"],
        "why": ("案由", "东街、王寨一带路灯成片不亮，晚上孩子下自习摸黑走路。"),
        "analysis": ("分析", "电缆老化，几家都管，坏了没人认领。"),
        "proposal": ("具体建议", "一是明确一家管到底。二是年内换完老电缆。三是公开报修电话。"),
        "matters": ("依据几件事", "3"),
        "people": ("一共几个人", "5"),
        "counts": ("按村、类别、结果合计", "东街社区 2 件，王寨 1 件"),
        "evidence": ("依据的事，是一张表，要单独占一段", "（这里是一张表，一件一行）"),
        "submitted_on": ("提交日期，没提交是空的", "2026年4月2日"),
    },
)
SUGGESTION_REPLY = Paper(
    "suggestion_reply",
    "代表建议答复函",
    "主办单位给代表的书面答复。",
    _OF_SUGGESTION
    | {
        "unit": ("答复单位", "郸城县城市管理局"),
        "co_units": ("协办单位", "县供电公司"),
        "body": ("答复全文", "东街、王寨的老电缆已经换完，今后由我局一家管到底。感谢您对我们工作的支持。"),
        "outcome": ("办理结果", "已解决"),
        "promise": ("承诺日期，没有就是空的", ""),
        "replied_on": ("答复日期", "2026年6月11日"),
    },
)
DUTY_REPORT = Paper(
    "duty_report",
    "履职报告",
    "代表向选民述职用的底稿：五类履职今年做了什么、还有什么没办结。不写群众的姓名和电话，不打分，不排名。",
    {
        "year": ("哪一年", "2026"),
        "name": ("代表姓名", "麦知秋"),
        "mandates": ("哪几级代表", "县人大代表"),
        "station": ("进站的站点", "洺南街道融合站点"),
        "reception": ("接待选民", "坐班接待 5 次，来了 12 位群众；替群众记 3 件，2 件已经办结。"),
        "outreach": ("政策宣传", "向群众说明 4 次，说的是 3 件事。"),
        "inspection": ("调研视察", "走访 2 次，为了 2 件事。"),
        "suggestion": ("建议办理", "催办 3 次，催的是 2 件事，1 件已经办结；领衔提出代表建议 1 份，0 份办结。"),
        "service": ("为民服务", "值班 2 次。"),
        "open": ("还没办结的", "建议办理：1 份建议还在办。"),
        "printed_on": _COMMON["printed_on"],
    },
)
PAPERS: Mapping[str, Paper] = {
    paper.key: paper
    for paper in (
        RECEPTION,
        ASSIGNMENT,
        SUPERVISION,
        LETTER,
        SURVEY,
        SUGGESTION,
        SUGGESTION_REPLY,
        DUTY_REPORT,
    )
}

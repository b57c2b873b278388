"""What the people of the demo county say and answer. Written for this portal; nobody in it exists."""

import csv
from pathlib import Path
from typing import NamedTuple


class Matter(NamedTuple):
    """One believable matter: category, kind, what is said ({place} is filled), the demand, the answer, its outcome."""

    category: str
    kind: str
    words: str
    demand: str
    answer: str
    outcome: str


def _matters() -> tuple[Matter, ...]:
    with (Path(__file__).parent / "matters.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Matter(**row) for row in csv.DictReader(file))


MATTERS = _matters()
LEAD_INS = ("", "", "", "您好，", "麻烦问一下，", "反映个事：", "我们几户都说，")
ENDINGS = ("", "", "", "请帮忙问问归谁管。", "盼着早点解决。", "谢谢了。", "不要透露我是谁。")
LOCATIONS = (
    "村部东边",
    "小学门口",
    "十字路口",
    "菜市场旁",
    "卫生室对面",
    "文化广场",
    "老槐树下",
    "二组",
    "北头",
    "桥头",
)
PROGRESS = (
    "已派人到现场看过，原因清楚了。",
    "材料到了，等天晴施工。",
    "和几家单位碰过头，分了工。",
    "先做了临时处理，安全没有问题。",
)
COMMENTS_GOOD = ("", "", "办得快", "谢谢", "比想的好", "灯一亮心里就亮堂")
COMMENTS_BAD = ("还是老样子", "修了两天又坏了", "只打了个电话，没见人来")
RETURN_BASIS = "《郸城县部门职责清单》第三条：该路段移交给乡镇管理。"
FINDING = "到现场看过，又问了邻居：已经修好，来访人说可以了。"
KEPT = "到现场看过，答应的已经办成。"
DECLINED = ("已经进入法院审理。", "县人民法院诉讼服务中心，电话 0394-555 0900。")
FAMILY = (
    "安白曹陈程崔戴邓丁董杜范方冯高葛顾郭韩何贺洪侯胡黄贾江蒋金孔赖雷黎李梁廖林刘柳卢"
    "陆罗吕马毛孟苗牛潘彭齐钱秦任邵沈石史宋苏孙谭汤唐陶田汪王魏吴夏萧谢徐许薛严杨姚叶"
    "尹于余袁曾张赵郑周朱邹"
)
GIVEN = (
    "知秋", "有声", "可期", "如磐", "大山", "春来", "麦香", "守田",
    "明礼", "望舒", "长河", "向阳", "静好", "立夏", "谷雨", "秋实",
    "思源", "怀远", "清和", "致用", "乐天", "存厚", "广平", "惠民",
    "克勤", "朴之", "润生", "慎行", "文澜", "新禾", "远帆", "云开",
)  # fmt: skip
JOBS = (
    "种粮大户",
    "小学校长",
    "村党支部书记",
    "乡村医生",
    "合作社理事长",
    "企业职工",
    "律师",
    "幼儿园园长",
    "退休教师",
    "返乡创业者",
)

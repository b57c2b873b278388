"""Whether words name a leader's post alone. Posts are published, names are not."""

import re
import unicodedata

_POSTS = (
    "长", "书记", "主任", "主席", "常委", "委员", "专员", "成员", "经理", "调研员", "秘书", "助理", "科员", "负责人",
)  # fmt: skip
_BETWEEN = re.compile(r"[\s、,;/():]+")
_NAME_AFTER = re.compile(r"(?:长|书记|主任|主席)([\u4e00-\u9fff]{2,3})$")
# A family name and at most two signs directly before a person's rank; offices (镇、局、委、办……) also stand there.
_NAME_BEFORE = re.compile(
    r"(?!常务|安全|金融|武装|周口)"
    r"(?:欧阳|上官|司马|诸葛|夏侯|皇甫|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜"
    r"叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常康安])"
    r"[\u4e00-\u9fff]{0,2}(?<![镇乡县市区村局委办部室处会组院站社街道司厅科队])(?:副?[县市]长|副?书记|副?主任|副?主席|常委)"
)


def is_post(text: str) -> bool:
    """Tell whether every word is a post, with no name seen beside one. A name nobody knows may pass."""
    for word in filter(None, _BETWEEN.split(unicodedata.normalize("NFKC", text))):
        behind = _NAME_AFTER.search(word)
        is_named = behind is not None and not any(one in behind[1] for one in _POSTS)
        if is_named or _NAME_BEFORE.match(word) or not any(one in word for one in _POSTS):
            return False
    return True

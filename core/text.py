"""What people type: kept as typed, folded for search, shortened for lists, masked for other eyes."""

import re
import unicodedata

# Characters that print nothing: format characters, variation selectors, fillers. Written as escapes on purpose.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0001\U000e0020-\U000e007f\U000e0100-\U000e01ef]"
)
# C0 and C1 controls except tab and line feed, and halves of surrogate pairs, which cannot be stored as UTF-8.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BLANKS = re.compile(r"\s+")

# Slips of the input method and of copying from scans: wrong character → the one that was meant.
_SLIPS = dict(
    zip(
        "巿釆囯內沒彔戶戸靑淸黃呂吳強説別卽曁巳己亊査産歩",
        "市采国内没录户户青清黄吕吴强说别即暨已已事查产步",
        strict=True,
    )
)
# CJK radicals that PDF files contain in place of the ordinary character.
_RADICALS = dict(
    zip("⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻥⻦⻨⻩⻬⻮⻰⻄⺠", "见角贝车长门青韦页风飞食马鱼鸟麦黄齐齿龙西民", strict=True)
)
_LOOK_ALIKES = str.maketrans(_SLIPS | _RADICALS)

# Spreadsheets write a carriage return as _x000D_.
_LINE_END = re.compile(r"(?:_x000D_)?\r?\n|\r|_x000D_")
_CLAUSE = re.compile(r"[^。！？；!?;\n，,：:]+")
_SENTENCE_END = re.compile(r"[。！？；!?;\n]")
_NUMBERING = re.compile(r"^(?:[0-9]{1,2}[.、．]|[（(]?[一二三四五六七八九十]{1,2}[、）)])\s*(?![0-9])")
_GREETING = re.compile(
    r"(?:尊敬|敬爱)的.{0,20}"
    r"|(?!投诉|举报|反映|关于|请).{0,5}(?:领导|书记|[省市县区乡镇村局校院]长|主任|代表|部门|政府|同志|老师|市民|网友)(?:们|大人|先生|女士)?好?"
    r"|.{0,10}(?:您|你|们|家|上|午)好|打扰(?:您|你)?了|(?:非常)?(?:感谢|谢谢)(?:您|你)?"
)
# Where people say who they are, and write their name: never part of a title that others read.
_INTRODUCTION = re.compile(r"(?:我|我们|本人)(?:是|叫|名叫|姓|系|作为).{0,28}|本人[^在于因有想的从购买]{1,6}")
_PARTICULARS = re.compile(r"(?:本人|我的)?(?:姓名|身份证|电话|手机|联系).{0,40}")
_LONG_NUMBER = re.compile(r"[0-9][0-9Xx*]{6,}")  # telephone, identity card, bank card
_CUTS = "，,：: "
_SHORTEST_CUT = 10  # characters; a title cut shorter than this says too little

_PHONE_NOISE = re.compile(r"[\s()\[\]·._/\-‐‑‒–—―−]+")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(?:0(?:10|2[0-9])[2-8][0-9]{7}|0[3-9][0-9]{2}[2-8][0-9]{6,7})")
_PHONE_SENTENCE = "电话号码不对，请填 11 位手机号，或带区号的座机号（如 0394-3220000）。"


def tidy(text: str) -> str:
    """`text` as typed, without NUL and other control characters; line ends become "\\n"."""
    return _CONTROL.sub("", _LINE_END.sub("\n", text))


def fold(text: str) -> str:
    """The copy that search and duplicate finding work on. Idempotent.

    NFKC, invisible characters removed, look-alikes mapped to what was meant, lower case, runs of blanks collapsed to
    one space. Only for comparing, never for showing: 己 and 已 fold to the same character.
    """
    visible = _INVISIBLE.sub("", _CONTROL.sub(" ", text))
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).lower())
    # NFKC may bring out another invisible character (half-width fillers), so they are removed once more.
    meant = _INVISIBLE.sub("", plain).translate(_LOOK_ALIKES)
    return _BLANKS.sub(" ", meant).strip()


def headline(text: str, limit: int = 28) -> str:
    """A title of at most `limit` characters; "" for a blank text.

    The first sentence without greetings, without the self-introduction ("我是…村的…") and with long numbers hidden,
    because titles are read by people who must not learn who wrote.
    """
    body = _INVISIBLE.sub("", tidy(text))
    first = _SENTENCE_END.split(body[_opening(body) :], maxsplit=1)[0]
    opening = _NUMBERING.sub("", first.strip())
    sentence = _LONG_NUMBER.sub("****", _BLANKS.sub(" ", opening)).strip(_CUTS)
    if len(sentence) <= limit:
        return sentence
    cut = max(sentence.rfind(mark, _SHORTEST_CUT, limit) for mark in _CUTS)
    return sentence[:cut].strip(_CUTS) if cut > 0 else sentence[: limit - 1].rstrip() + "…"


def mask_name(name: str) -> str:
    """ "田大山" → "田**", "田山" → "田*"; a name of one character is hidden wholly, "" stays ""."""
    visible = "".join(c for c in _INVISIBLE.sub("", name) if c.isprintable() and not c.isspace())
    if len(visible) <= 1:
        return "*" * len(visible)
    # At most two stars: how long a name is also tells who it is.
    return visible[0] + "*" * min(len(visible) - 1, 2)


def mask_phone(phone: str) -> str:
    """ "13812341234" → "138****1234"; a landline keeps its area code and two digits; anything else is hidden."""
    digits = "".join(character for character in phone if character in "0123456789")
    if _MOBILE.fullmatch(digits):
        return f"{digits[:3]}****{digits[-4:]}"
    if _LANDLINE.fullmatch(digits):
        area = 3 if digits[1] in "12" else 4
        return digits[:area] + "*" * (len(digits) - area - 2) + digits[-2:]
    return "*" * min(len(phone.strip()), 8)


def clean_phone(text: str) -> str:
    """The telephone number as plain digits: mobile (11) or landline with area code; "" for a blank.

    Blanks, dashes, brackets, full-width digits and +86 are understood. Raises ValueError with a sentence for the
    person.
    """
    compact = _PHONE_NOISE.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text[:100])))
    if not compact:
        return ""
    national = re.sub(r"^(?:\+86|0086|86(?=1[3-9][0-9]{9}$))", "", compact)
    if national != compact and not _MOBILE.fullmatch(national) and not national.startswith("0"):
        national = "0" + national  # +86 394 … is written without the 0 of the area code
    if _MOBILE.fullmatch(national) or _LANDLINE.fullmatch(national):
        return national
    raise ValueError(_PHONE_SENTENCE)


def _opening(body: str) -> int:
    """Where the first clause stands that says something; the first clause at all when none does."""
    clauses = [clause for clause in _CLAUSE.finditer(body) if clause[0].strip()]
    for clause in clauses:
        if not _says_nothing(clause[0].strip()):
            return clause.start()
    return clauses[0].start() if clauses else 0


def _says_nothing(clause: str) -> bool:
    """Whether a clause is a greeting, tells who writes, or is a mere exclamation."""
    idle = (_GREETING, _INTRODUCTION, _PARTICULARS)
    return len(clause) < 3 or any(pattern.fullmatch(clause) for pattern in idle)

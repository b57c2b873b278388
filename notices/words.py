"""The county's own texts: placeholders in braces, nothing that is executed. Pure: text in, text and sentences out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.text import tidy
from notices.states import Channel

# One short message holds 70 characters of Chinese; a longer text is cut into parts of 67, each of them paid.
ONE_SMS, PART_OF_SMS, MOST_SMS = 70, 67, 3
# What the official account shows of a line, what a group robot accepts, and what anybody still reads.
LENGTHS = {Channel.WECHAT: 20, Channel.IN_SITE: 200, Channel.EMAIL: 2000, Channel.WECOM: 1000}
_LONGEST = 500
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*|[\u4e00-\u9fff]{1,8})\}")
_VARIABLE = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")


@dataclass(frozen=True)
class Word:
    """A placeholder: its name in our templates, the word that the county types, what it stands for, an example."""

    name: str
    word: str
    label: str
    example: str

    @property
    def mark(self) -> str:
        """The placeholder as it is typed."""
        return "{" + self.word + "}"


_WORDS: dict[str, Word] = {}
_NAMES: dict[str, str] = {}
# Beside these a text for many eyes holds nothing: no title, no unit, no whole receipt, whoever wrote the text.
_GUARDED = ("subject", "receipt2", "count", "tally", "link")


def register(*words: Word) -> None:
    """Make placeholders known; a kind names those it offers. A word stands for one name: another raises ValueError."""
    for word in words:
        if _NAMES.setdefault(word.word, word.name) != word.name:
            raise ValueError(f"the placeholder {word.word} is registered twice")
        _WORDS[word.name] = word


def offered(names: tuple[str, ...], channel: str) -> list[Word]:
    """The placeholders of a kind that has `names`, for one channel."""
    return [_WORDS[name] for name in names if name in _WORDS and (not is_guarded(channel) or name in _GUARDED)]


def is_guarded(channel: str) -> bool:
    """Is the text of this channel for many eyes?"""
    return channel in (Channel.WECOM, Channel.WECHAT)


def guarded(values: Mapping[str, object]) -> dict[str, object]:
    """Only what a text for many eyes may hold."""
    return {name: values[name] for name in _GUARDED if name in values}


def examples(words: list[Word]) -> dict[str, object]:
    """A value for each placeholder, for the preview."""
    return {word.name: word.example for word in words}


def fill(text: str, values: Mapping[str, object]) -> str:
    """`text` with its placeholders replaced once: a value that looks like a placeholder stays as it is."""
    return _PLACEHOLDER.sub(lambda found: str(values.get(_NAMES.get(found[1], found[1]), "") or ""), text)


def neat(text: str) -> str:
    """A typed text without control characters, blank lines and blanks at the ends of lines."""
    lines = (line.strip() for line in tidy(text).splitlines())
    return "\n".join(line for line in lines if line)


def from_template(source: str) -> str:
    """Our own text, written for Django's templates, in braces. Raises ValueError where it does more than insert."""
    if "{%" in source or "{#" in source or _VARIABLE.sub("", source).count("{{"):
        raise ValueError("a text that the county may edit only inserts values")
    return neat(_VARIABLE.sub(lambda found: _WORDS[found[1]].mark if found[1] in _WORDS else f"{{{found[1]}}}", source))


def sms_parts(text: str, sign: str = "") -> int:
    """How many short messages `text` is paid as, the signature in brackets counted in; 0 for nothing."""
    units = len((f"【{sign}】" if sign else "").encode("utf-16-le")) // 2 + len(text.encode("utf-16-le")) // 2
    if not text:
        return 0
    return 1 if units <= ONE_SMS else -(-units // PART_OF_SMS)


def faults(text: str, words: list[Word], channel: str, *, must: tuple[str, ...] = (), sign: str = "") -> list[str]:
    """Sentences about what is wrong with a text; none when it may be stored.

    Lengths are taken of the text with its example values. `must` are placeholders that may not be missing.
    """
    by_name = {word.name: word for word in words}
    typed = dict.fromkeys(_PLACEHOLDER.findall(text))
    found = {_NAMES.get(word, word) for word in typed}
    said = [
        f"没有“{{{word}}}”这个占位词，请从列出的里面选。" for word in typed if _NAMES.get(word, word) not in by_name
    ]
    if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        said.append("有一个大括号没有配成对，或者里面不是占位词。")
    said += [f"不能少了 {by_name[name].mark}。" for name in must if name in by_name and name not in found]
    if not said:
        said += _too_long(fill(text, examples(words)), channel, sign)
    return said


def _too_long(text: str, channel: str, sign: str) -> list[str]:
    if channel == Channel.SMS and sms_parts(text, sign) > MOST_SMS:
        return [f"太长了：照例子算要拆成 {sms_parts(text, sign)} 条短信，最多 {MOST_SMS} 条。"]
    most = LENGTHS.get(Channel(channel), _LONGEST) if channel in Channel.values else _LONGEST
    if channel != Channel.SMS and len(text) > most:
        return [f"太长了：照例子算有 {len(text)} 个字，最多 {most} 个字。"]
    return []


register(
    Word("subject", "通知名称", "这种通知叫什么", "期限快到了"),
    Word("link", "链接", "点开看的地址", "https://rd.example.gov.cn/t/K7QM4XWD3R/"),
    Word("receipt2", "回执前两位", "回执码的前两个字符", "K7"),
    Word("count", "件数", "一共几件", "15"),
    Word("tally", "分类件数", "每种各几件", "已经超期 9 件，期限快到了 6 件"),
    Word("list", "清单", "每件一行", "1. 已经超期：东街路灯不亮\n2. 期限快到了：王寨路积水"),
)

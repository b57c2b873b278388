"""Who is told what came of a ballot: everybody whose wish led to the project. What failed is told by `shelve`."""

from notices import kinds
from notices.kinds import Kind
from notices.states import Channel

KINDS = {
    "idea_balloted": "您提的项目代表投票通过了",
    "idea_ballot_tied": "您提的项目还要再投一次票",
}
_WORDS = ("subject", "station", "station_phone", "link", "receipt2")
for _name, _title in KINDS.items():
    kinds.register(
        Kind(_name, _title, f"projects/notices/{_name}", (Channel.IN_SITE, Channel.SMS, Channel.WECHAT), words=_WORDS)
    )

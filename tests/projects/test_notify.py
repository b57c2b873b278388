"""In which words people are told: short, leading somewhere, naming nobody."""

import pytest
from django.template import Context, engines
from django.template.loader import get_template

from notices import kinds, texts
from notices.models import Notice
from projects import notify
from projects.council import notify as council
from projects.models import ProjectIdea
from projects.states import Source
from tests.projects.conftest import Hall

VALUES = {
    "title": "东街小学门口修人行道", "station": "洺南街道融合站点", "station_phone": "0394-5550101",
    "receipt2": "K7", "link": "https://rd.example/projects/ideas/K7QM4XWD3R/",
}  # fmt: skip
STAFF_KINDS = notify.STAFF_KINDS | council.KINDS
TO_PHONES = [*notify.PROPOSER_KINDS, *notify.SECONDER_KINDS]


def text_of(name: str) -> str:
    template = get_template(f"projects/notices/{name}.txt", using=engines.all()[0].name)
    return template.template.render(Context(VALUES, autoescape=False)).strip()


@pytest.mark.parametrize("name", [*STAFF_KINDS, *notify.PROPOSER_KINDS])
def test_each_text_on_a_page_is_short_and_ends_as_a_sentence(name: str) -> None:
    assert text_of(name).endswith("。")
    assert len(text_of(name)) <= 70


@pytest.mark.parametrize("name", TO_PHONES)
def test_each_short_message_leads_somewhere_and_each_call_begins_politely(name: str) -> None:
    sms = text_of(f"{name}.sms") if name in notify.PROPOSER_KINDS else text_of(name)
    assert VALUES["link"] in sms
    assert len(sms.replace(VALUES["link"], "")) <= 40
    assert "东街" not in sms
    assert text_of(f"{name}.phone").startswith("您好，我是")


@pytest.mark.parametrize("name", STAFF_KINDS)
def test_a_group_reads_no_title(name: str) -> None:
    assert "东街" not in text_of(f"{name}.wecom")


@pytest.mark.parametrize("name", [*STAFF_KINDS, *TO_PHONES])
def test_each_kind_is_known_under_its_title(name: str) -> None:
    titles = STAFF_KINDS | notify.PROPOSER_KINDS | notify.SECONDER_KINDS
    assert kinds.get(name).title == titles[name]


def test_a_notice_leads_to_the_ideas_page_and_the_list(hall: Hall) -> None:
    idea = hall.propose()
    notice = Notice.objects.get(kind="idea_received")
    assert kinds.address_of(notice.subject) == f"/desk/projects/{idea.pk}/"
    assert kinds.address_of("idea_list:new") == "/desk/projects/?tab=new"
    assert idea.heading in texts.body(notice)


def test_who_can_be_reached(hall: Hall) -> None:
    opinion = hall.world.opinion()
    assert notify.reaches(hall.propose())
    assert not notify.reaches(hall.propose(phone=""))
    assert notify.reaches(hall.propose(phone="", source=Source.OPINION, opinion=opinion, actor=hall.world.clerk))
    assert notify.reaches(hall.propose(phone="", source=Source.REPRESENTATIVE, actor=hall.world.rep))
    silent = ProjectIdea.objects.filter(phone="", opinion=None).exclude(source=Source.REPRESENTATIVE).get()
    assert notify.to_proposer("idea_kept", silent, at=silent.created_at) == []

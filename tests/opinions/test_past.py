"""Earlier answers beside the reply form: the nearest first, each once, without the person of the old matter."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from opinions import workflow
from opinions.models import Opinion
from opinions.states import State
from opinions.views import past
from stations.models import Category
from stations.queries import forget
from tests.world import START, World

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def fresh_names() -> None:
    forget()


def answered(world: World, text: str, *, at: Any = START - 30 * DAY, **words: Any) -> Opinion:
    """Bring a matter of 县城管局 to its end with this answer."""
    row = world.submit(at=at, **words)
    workflow.accept(row.pk, actor=world.clerk, at=at, category=world.category)
    workflow.assign(row.pk, actor=world.clerk, at=at, lead=world.unit, demand="修")
    workflow.sign(row.pk, actor=world.handler, at=at)
    workflow.reply(row.pk, actor=world.handler, at=at, body=text, outcome="A")
    workflow.approve_reply(row.pk, actor=world.clerk, at=at)
    return row


def texts(world: World, who: str, row: Opinion) -> list[str]:
    return [one.text for one in past.replies(world.users[who], row)]


def test_newest_first_three_at_most_and_each_text_once(world: World) -> None:
    for day, words in enumerate(("换了灯泡", "换了线", "换了灯泡", "立了新杆", "装了新表")):
        answered(world, words, at=START - 40 * DAY + day * DAY)
    row = world.opinion(State.HANDLING)
    assert texts(world, "handler", row) == ["装了新表", "立了新杆", "换了灯泡"]


def test_another_category_counts_when_the_words_are_alike(world: World) -> None:
    done = answered(world, "路灯换好了")
    other = Category.objects.create(code="daolu", name="道路", keywords="坑洼", parent=world.category.parent)
    Opinion.objects.filter(pk=done.pk).update(category=other)
    row = world.opinion(State.HANDLING)
    assert texts(world, "handler", row) == ["路灯换好了"]
    Opinion.objects.filter(pk=row.pk).update(body="门口的水管漏了一天", category=None)
    assert texts(world, "handler", Opinion.objects.get(pk=row.pk)) == []


def test_words_that_tell_are_the_longest_of_the_categories(world: World) -> None:
    assert past.telling_words("东街路灯坏了，一到晚上灯不亮") == ["灯不亮", "路灯"]
    assert past.telling_words("没有什么词") == []


def test_own_answers_come_before_those_of_others(world: World) -> None:
    helped = world.shared(at=START - 20 * DAY)
    workflow.reply(helped.pk, actor=world.handler, at=START - 19 * DAY, body="两家一起修好了", outcome="A")
    workflow.approve_reply(helped.pk, actor=world.clerk, at=START - 19 * DAY)
    own = world.opinion(State.ACCEPTED, at=START - 50 * DAY)
    workflow.assign(own.pk, actor=world.clerk, at=START - 49 * DAY, lead=world.co_unit, demand="修")
    workflow.sign(own.pk, actor=world.co_handler, at=START - 49 * DAY)
    workflow.reply(own.pk, actor=world.co_handler, at=START - 48 * DAY, body="线路接好了", outcome="A")
    workflow.approve_reply(own.pk, actor=world.clerk, at=START - 48 * DAY)
    row = world.shared()
    assert [(one.text, one.is_own) for one in past.replies(world.co_handler, row)] == [
        ("线路接好了", True),
        ("两家一起修好了", False),
    ]


def test_answers_out_of_sight_stay_there(world: World) -> None:
    answered(world, "换了灯泡")
    row = world.opinion(State.ACCEPTED)
    workflow.assign(row.pk, actor=world.clerk, at=START + DAY, lead=world.other_unit, demand="修")
    workflow.sign(row.pk, actor=world.other_handler, at=START + DAY)
    row.refresh_from_db()
    assert texts(world, "other_handler", row) == []
    assert texts(world, "clerk", row) == []


def test_a_reply_that_was_sent_back_is_no_example(world: World) -> None:
    row = world.opinion(State.REPLIED, at=START - 9 * DAY)
    workflow.reject_reply(row.pk, actor=world.clerk, at=START - 8 * DAY, missing="没说哪天")
    assert texts(world, "handler", world.opinion(State.HANDLING)) == []


def test_neither_name_nor_mobile_number_comes_along(world: World) -> None:
    answered(world, "已电话告知田大山（13800001234），电工刘师傅 13900005678，值班 0394-5550101。")
    [text] = texts(world, "handler", world.opinion(State.HANDLING))
    assert text == "已电话告知群众（（电话）），电工刘师傅 （电话），值班 0394-5550101。"


def test_the_page_holds_them_beside_the_form_and_only_there(world: World) -> None:
    done = answered(world, "换了灯泡")
    row = world.opinion(State.HANDLING)
    client = Client()
    client.force_login(world.handler)
    text = client.get(row.get_absolute_url()).content.decode()
    assert text.index("群众原话") < text.index("同类的事以前怎么答复") < text.index("请办与答复")
    assert "take-over.js" in text
    assert "data-take=" in text
    assert done.title in text
    client.force_login(world.clerk)
    text = client.get(row.get_absolute_url()).content.decode()
    assert "take-over.js" not in text
    assert "同类的事以前怎么答复" not in text

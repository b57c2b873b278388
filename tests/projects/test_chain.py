"""The line of stops above each list: everybody sees those he may open, and no other."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from projects.templatetags.project_chain import STOPS
from tests.projects.conftest import Hall

# Beside the rules, typed by hand: who sees which stops, in their order.
SEEN = {
    "clerk": "储备库 议事会 项目进度 满意度测评",
    "town_staff": "总览 储备库 议事会 项目进度 满意度测评",
    "county_staff": "总览 大家谈 储备库 议事会 提交政府 票决 项目进度 满意度测评",
    "leader": "总览 储备库 议事会 提交政府 票决 项目进度 满意度测评",
    "rep": "储备库 议事会 项目进度 满意度测评",
    "handler": "单位意见 项目进度",
}
STOP = re.compile(r'<a href="([^"]+)"( aria-current="page")?>([^<]+)</a>')


def stops(html: str) -> list[tuple[str, str, str]]:
    return STOP.findall(html.partition('<nav class="chain"')[2].partition("</nav>")[0])


@pytest.mark.parametrize("who", SEEN)
def test_every_stop_opens_and_says_where_one_is(hall: Hall, who: str) -> None:
    client = Client()
    client.force_login(hall.world.users[who])
    start = "/desk/projects/works/"
    found = stops(client.get(start).content.decode())
    assert " ".join(words for _, _, words in found) == SEEN[who]
    for url, _, words in found:
        answer = client.get(url)
        assert answer.status_code == 200, url
        here = [name for _, mark, name in stops(answer.content.decode()) if mark]
        assert here == [words], url


def test_a_stop_without_permission_is_not_drawn() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    html = render_to_string("projects/works/list.html", {"rows": []}, request=request)
    assert stops(html) == []
    assert len({key for key, *_ in STOPS}) == len(STOPS)

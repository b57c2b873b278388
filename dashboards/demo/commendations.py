"""Commendations of the demo county: a representative, a colleague of his and a clerk; and a draft that waits."""

from datetime import datetime, timedelta

from accounts.models import User
from core.workdays import local_date
from dashboards.demo.people import HOME_STATION, People
from duties.commendations import workflow
from duties.commendations.workflow import Words
from opinions.commending.figures import figures
from stations.models import Representative, Station

REP = ("盯住一条路", "东街往王寨的路灯坏了，他去看了三回，催了两个单位，修好那天晚上又去走了一遍。")
COLLEAGUE = ("把话说到明白", "法律服务岗上来的人，他一位一位讲到听懂，回去还打电话问后来怎么样。")
CLERK = ("替人记得仔细", "不会写字的老人来，她一句一句念给他听，改到老人点头才存。")
WAITS = ("上门接待", "有两位走不动的老人，他带着登记表上门听。")


def tell_commendations(people: People, at: datetime) -> None:
    """Write them at the home station, in the last weeks."""
    home, staff = Station.objects.get(code=HOME_STATION), User.objects.get(username="county")
    rep = Representative.objects.get(user__username="rep")
    others = Representative.objects.serving(home).exclude(pk=rep.pk).order_by("pk")
    named = [(rep, REP, 12), (others[0], COLLEAGUE, 20), (people.clerks[home.pk], CLERK, 40), (rep, WAITS, 2)]
    for person, (title, reason), back in named:
        then = at - timedelta(days=back)
        day = local_date(then)
        words = Words(title, day, reason, figures(person, day.year, then))
        row = workflow.draft_commendation(person, home, words, actor=staff, at=then)
        if (title, reason) != WAITS:
            workflow.publish_commendation(row.pk, actor=staff, at=then + timedelta(hours=2))

"""The stops of the chain beside each other on every list of the desk: whoever is at one sees the next."""

from typing import Any

import rules
from django import template
from django.template.context import RequestContext
from django.urls import reverse

register = template.Library()

# All of it, then the order of the chain: key, words, address, and the permission of whoever finds something there.
STOPS = (
    ("overview", "总览", "projects:overview", "projects.oversee"),
    ("campaigns", "大家谈", "projects:campaigns", "projects.run_campaigns"),
    ("pool", "储备库", "projects:list", "projects.read"),
    ("feasibility", "单位意见", "projects:feasibility_list", "projects.answer_feasibility"),
    ("councils", "议事会", "projects:councils", "projects.read_councils"),
    ("government", "提交政府", "projects:government_list", "projects.read_lists"),
    ("ballots", "票决", "projects:ballots", "projects.read_ballots"),
    ("works", "项目进度", "projects:works", "projects.supervise"),
    ("polls", "满意度测评", "projects:polls", "projects.read"),
)


@register.inclusion_tag("projects/_chain.html", takes_context=True)
def project_chain(context: RequestContext, here: str) -> dict[str, Any]:
    """Draw the stops that the reader may open, `here` marked; asks the database nothing."""
    user = context["request"].user
    stops = [
        {"words": words, "url": reverse(name), "is_here": key == here}
        for key, words, name, permission in STOPS
        if rules.has_perm(permission, user)
    ]
    return {"stops": stops}

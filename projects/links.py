"""What the projects put on other packages' pages: the way of their receipts, and the link beside a matter."""

from typing import Any

import rules
from django.urls import reverse

from opinions import beside, public_access
from opinions.models import Opinion
from opinions.states import State as OpinionState
from projects import public_access as ideas
from projects.models import ProjectIdea


def of_matter(user: Any, opinion: Opinion) -> list[beside.Link]:
    """Return the ideas that came from a matter, as far as the user sees them, and the button that makes one of it."""
    if not rules.has_perm("projects.read", user):
        return []
    rows = ProjectIdea.objects.visible_to(user).filter(opinion=opinion).order_by("-pk")
    found = [
        beside.Link(row.get_absolute_url(), f"提成了民生实事项目“{row.named}”", row.get_state_display()) for row in rows
    ]
    usable = opinion.state not in (OpinionState.WITHDRAWN, OpinionState.DECLINED)
    if usable and not found and rules.has_perm("projects.propose_idea", user, opinion):
        found.append(beside.Link(f"{reverse('projects:new')}?opinion={opinion.pk}", "提成民生实事项目", is_act=True))
    return found


beside.register(of_matter)
public_access.also_known(ideas.address_of)

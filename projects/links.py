"""What the projects put on other packages' pages: the way of their receipts, the links beside a matter and beside what
was collected at a service post.
"""

from typing import Any

import rules
from django.urls import reverse

from opinions import beside, public_access
from opinions.models import Opinion, PostRecord
from opinions.posts.states import State as RecordState
from opinions.states import State as OpinionState
from projects import public_access as ideas
from projects.models import ProjectIdea
from stations.models import ServicePost


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


def of_record(user: Any, record: PostRecord) -> list[beside.Link]:
    """Return the idea that was made of what the project post collected, or the button that makes it."""
    if record.kind != ServicePost.Kind.PROJECT or not rules.has_perm("projects.read", user):
        return []
    row = ProjectIdea.objects.filter(post_record=record).first()
    if row is not None:
        seen = ProjectIdea.objects.visible_to(user).filter(pk=row.pk).exists()
        return [beside.Link(row.get_absolute_url(), row.named, row.get_state_display())] if seen else []
    if not takes(user, record):
        return []
    return [beside.Link(f"{reverse('projects:new')}?record={record.pk}", "收进民生实事", is_act=True)]


def takes(user: Any, record: PostRecord) -> bool:
    """Tell whether the user may make an idea of a record: it stands, no unit has it, and its station is his."""
    stands = record.state != RecordState.VOID and record.opinion_id is None
    return stands and bool(rules.has_perm("opinions.turn_post_record", user, record))


beside.register(Opinion, of_matter)
beside.register(PostRecord, of_record)
public_access.also_known(ideas.address_of)

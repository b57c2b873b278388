"""Robots of WeCom groups: added, changed, tried and removed by the county."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView

from accounts import audit
from accounts.access import PermissionMixin
from core.views import VerbView
from notices import services
from notices.forms import GroupRobotForm, labels_of_places
from notices.models import GroupRobot


class Groups(PermissionMixin, TemplateView):
    """The groups of one's county; addresses masked."""

    permission = "notices.change_grouprobot"
    template_name = "notices/groups.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each group and whose it is."""
        robots = list(GroupRobot.objects.visible_to(self.request.user))
        labels = labels_of_places(self.request.user) if robots else {}
        rows = [{"robot": robot, "whose": labels.get(robot.place, robot.code)} for robot in robots]
        return super().get_context_data(**kwargs) | {"rows": rows}


class Group(PermissionMixin, FormView):
    """One group, new or known."""

    permission = "notices.change_grouprobot"
    template_name = "notices/group.html"
    form_class = GroupRobotForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """The robot of the address, 404 when it is out of sight; a new one without a number."""
        robot = None
        if "pk" in self.kwargs:
            robot = get_object_or_404(GroupRobot.objects.visible_to(self.request.user), pk=self.kwargs["pk"])
        return super().get_form_kwargs() | {"robot": robot, "user": self.request.user}

    def form_valid(self, form: GroupRobotForm) -> HttpResponse:
        """Store it."""
        ip = audit.address_of(self.request)
        services.save_group(form.robot(), actor=self.request.user, at=timezone.now(), ip=ip)
        return HttpResponseRedirect(reverse("notices:groups"))


class _GroupVerb(PermissionMixin, VerbView):
    """A verb on one group; leads back to all."""

    permission = "notices.change_grouprobot"

    def back_url(self) -> str:
        """All groups."""
        return reverse("notices:groups")


class Remove(_GroupVerb):
    """Forget a group's robot."""

    verb_name, done_message = "移除", "已移除，不再发到这个群。"

    def run(self, form: Any, at: datetime) -> None:
        """Remove it."""
        ip = audit.address_of(self.request)
        services.remove_group(self.kwargs["pk"], actor=self.request.user, at=at, ip=ip)


class Try(_GroupVerb):
    """Post a line to see whether it arrives."""

    verb_name, done_message = "发一条试试", "发出去了，请到群里看一眼。"

    def run(self, form: Any, at: datetime) -> None:
        """Post it."""
        services.try_group(self.kwargs["pk"], actor=self.request.user, at=at)

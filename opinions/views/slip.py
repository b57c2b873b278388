"""The printed slip (回执): code, QR of the tracking page, telephone, and what happens next with dates."""

from typing import Any

import qrcode
import rules
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from qrcode.constants import ERROR_CORRECT_M

from core.workdays import day_words
from opinions.models import Opinion
from opinions.present import state_mark
from opinions.states import State, Step
from opinions.views.base import OpinionView

_BORDER = 4  # quiet modules around the code, as the standard asks


def qr_drawing(text: str) -> dict[str, Any]:
    """Return a QR code as one SVG path with its side in modules; sharp on any printer, no file, no request."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=_BORDER)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return {"path": path, "side": len(rows)}


def may_print(user: Any, opinion: Opinion) -> bool:
    """Tell whether a user hands out the slip: the station, or whoever recorded the matter. The code opens a page."""
    return opinion.recorded_by_id == user.pk or rules.has_perm("opinions.accept_opinion", user, opinion)


class Slip(OpinionView):
    """打印回执."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the slip; with ?print=1 the page asks for the printer by itself."""
        if not may_print(request.user, self.opinion):
            raise PermissionDenied("回执由站点打印。")
        address = f"{settings.SITE_URL}/t/{self.opinion.receipt}/"
        context = {
            "opinion": self.opinion,
            "mark": state_mark(self.opinion.state),
            "address": address,
            "qr": qr_drawing(address),
            "next_words": next_words(self.opinion),
            "asks_printer": "print" in request.GET,
            "printed_at": timezone.localtime(),
        }
        return render(request, "opinions/slip.html", context)


def next_words(opinion: Opinion) -> list[str]:
    """Say what happens next, with dates, for somebody who has only this paper."""
    running = {limit.step: limit.due_at for limit in opinion.deadlines.filter(ended_at=None)}
    found = []
    if Step.ACCEPT in running:
        found.append(f"{day_words(running[Step.ACCEPT])}前，站点告诉您受理不受理。")
    if Step.ASSIGN in running:
        found.append(f"{day_words(running[Step.ASSIGN])}前，交给单位办。")
    if Step.REPLY in running and opinion.lead_unit:
        found.append(f"{day_words(running[Step.REPLY])}前，{opinion.lead_unit.short_name}答复。")
    if opinion.state == State.FED_BACK:
        found.append("已经当场答复。请您评一评办得怎么样。" if opinion.lead_unit is None else "有结果了，请您评一评。")
    if not opinion.is_open:
        found.append("这件事办结了。")
    return found
